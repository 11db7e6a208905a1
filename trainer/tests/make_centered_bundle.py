"""Write the tiny bundle of a model that sees a window as a whole, and what a plain reference makes of a sound with it.

    python trainer/tests/make_centered_bundle.py test/fixtures/bundles

Memory and decoder are those of the tiny bundle; the front end has centred frames and decibels, and the encoder one
segment a window.
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import make_tiny_bundle as tiny
import numpy as np
import onnxruntime

AUDIO = {**tiny.AUDIO, "pre_emphasis": 0, "framing": "center", "log": {"kind": "db", "floor": 1e-10, "top_db": 60}}
SEGMENT = {"frames": 31, "context_frames": 0, "per_window": 1, "embeddings": tiny.M, "embedding_size": tiny.E}
WINDOW_SAMPLES = (SEGMENT["frames"] - 1) * AUDIO["hop_length"]
HOP_SAMPLES = 200


def save_encoder(folder: Path, rng: np.random.Generator) -> None:
    g = tiny.GraphBuilder("encoder", rng)
    size = SEGMENT["frames"] * AUDIO["mel_bins"]
    flat = g.op("Reshape", g.op("Mul", "log_mel", g.constant(0.02)), g.constant([1, size], np.int64))
    mixed = g.op("Tanh", g.op("MatMul", flat, g.weight(size, tiny.M * tiny.E, scale=4)))
    g.op("Reshape", mixed, g.constant([1, tiny.M, tiny.E], np.int64), name="embeddings")
    inputs = {"log_mel": tiny.float32(1, 1, AUDIO["mel_bins"], SEGMENT["frames"])}
    g.save(folder, inputs, {"embeddings": tiny.float32(1, tiny.M, tiny.E)})


def write_bundle(source: Path, folder: Path, seed: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    save_encoder(folder, np.random.default_rng(seed))
    (folder / "README.md").write_text("Random weights for tests; made by `trainer/tests/make_centered_bundle.py`.\n")
    contents = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "manifest.json"}
    manifest = json.loads((folder / "manifest.json").read_text()) | {
        "name": "centered",
        "audio": AUDIO,
        "segment": SEGMENT,
        "files": {n: {"bytes": len(c), "sha256": hashlib.sha256(c).hexdigest()} for n, c in contents.items()},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def log_mel(window: np.ndarray) -> np.ndarray:
    """Centred framing and decibels of "Log-mel" in docs/bundle.md, frame by frame."""
    reach, hann = AUDIO["win_length"] // 2, np.hanning(AUDIO["win_length"] + 1)[:-1].astype(np.float32)
    reflected = np.pad(window.astype(np.float64), reach, mode="reflect")
    columns = []
    for k in range(SEGMENT["frames"]):
        frame = reflected[k * AUDIO["hop_length"] :][: AUDIO["win_length"]] * hann
        columns.append(tiny.mel_filters() @ np.abs(np.fft.rfft(frame, AUDIO["n_fft"])) ** 2)
    level = 10 * np.log10(np.maximum(np.stack(columns, 1), AUDIO["log"]["floor"]))
    return np.maximum(level, level.max() - AUDIO["log"]["top_db"]).astype(np.float32)


def reference(folder: Path, segments: int) -> dict:
    encoder, memory, decoder = (
        onnxruntime.InferenceSession(folder / f"{name}.onnx", providers=["CPUExecutionProvider"])
        for name in ("encoder", "memory", "decoder")
    )
    sound, windows = tiny.test_sound(segments), []
    for start in range(0, len(sound) - WINDOW_SAMPLES + 1, HOP_SAMPLES):
        features = log_mel(sound[start : start + WINDOW_SAMPLES])
        keys, values = memory.run(None, {"embeddings": encoder.run(None, {"log_mel": features[None, None]})[0]})
        tokens, score, margin = tiny.search(decoder, {"cross_keys": keys, "cross_values": values})
        windows.append({"start": start, "tokens": tokens, "score": round(score, 5), "margin": round(margin, 5)})
    return {"segments": segments, "windows": windows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where tiny/ is, and where to write centered/ and centered.expected.json")
    parser.add_argument("--seed", type=int, default=4)
    arguments = parser.parse_args()
    write_bundle(arguments.folder / "tiny", arguments.folder / "centered", arguments.seed)
    expected = reference(arguments.folder / "centered", segments=12)
    close = [w for w in expected["windows"] if w["margin"] < 1e-3]
    if close:
        raise SystemExit(f"decisions too close to be told apart on every machine, try another seed: {close}")
    (arguments.folder / "centered.expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
