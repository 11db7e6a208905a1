"""Write the tiny bundle of the daemon's tests, and what a plain reference makes of a sound with it.

    python trainer/tests/make_tiny_bundle.py test/fixtures/bundles

The weights are random: it captions nothing, but its graphs have the real signatures, a real attention over the
cache, and a few kilobytes. The reference is numpy and ONNX Runtime with a search that keeps no cache: every
beam is read again from its first token at every step.
"""

import argparse
import hashlib
import itertools
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

AUDIO = {
    "sample_rate": 8000,
    "pre_emphasis": 0.97,
    "n_fft": 64,
    "win_length": 50,
    "hop_length": 20,
    "framing": "causal",
    "mel_bins": 8,
    "log": {"kind": "ln", "floor": 1e-5, "offset": 4.5, "scale": 5.0},
}
SEGMENT = {"frames": 10, "context_frames": 2, "per_window": 3, "embeddings": 2, "embedding_size": 4}
DECODER = {"layers": 2, "heads": 2, "head_size": 3, "cache_length": 8}
DECODING = {"beam_size": 3, "max_tokens": 6, "forbid_repeats": True}
VOCABULARY = ["<pad>", "<start>", "<end>", "<unknown>", "a", "dog", "barks", "rain", "falls", "and", "wind", "blows"]
TOKENS = {"pad": 0, "start": 1, "end": 2, "unknown": 3, "size": len(VOCABULARY)}

B, V = DECODING["beam_size"], TOKENS["size"]
L, H, D, T = DECODER["layers"], DECODER["heads"], DECODER["head_size"], DECODER["cache_length"]
E, WIDTH = SEGMENT["embedding_size"], H * D
M = SEGMENT["per_window"] * SEGMENT["embeddings"]
FRAMES = SEGMENT["context_frames"] + SEGMENT["frames"]
SEGMENT_SAMPLES = SEGMENT["frames"] * AUDIO["hop_length"]
HISTORY = AUDIO["win_length"] - AUDIO["hop_length"] + 1 + SEGMENT["context_frames"] * AUDIO["hop_length"]


class GraphBuilder:
    """Collects nodes and weights of one ONNX graph."""

    def __init__(self, name: str, rng: np.random.Generator):
        self.name, self.rng = name, rng
        self.nodes, self.constants = [], []

    def op(self, kind: str, *inputs: str, name: str | None = None, **attributes) -> str:
        output = name or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, values, dtype=np.float32) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def weight(self, *shape: int, scale: float = 1.0) -> str:
        return self.constant(self.rng.normal(0, scale / np.sqrt(shape[0]), shape))

    def save(self, folder: Path, inputs: dict, outputs: dict) -> None:
        def infos(tensors):
            return [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in tensors.items()]

        graph = helper.make_graph(self.nodes, self.name, infos(inputs), infos(outputs), self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, folder / f"{self.name}.onnx")


def float32(*shape: int):
    return TensorProto.FLOAT, shape


def int32(*shape: int):
    return TensorProto.INT32, shape


def save_encoder(folder: Path, rng) -> None:
    g = GraphBuilder("encoder", rng)
    frames = g.op("Transpose", "log_mel", perm=[0, 1, 3, 2])
    size = FRAMES * AUDIO["mel_bins"] // SEGMENT["embeddings"]
    parts = g.op("Reshape", frames, g.constant([1, SEGMENT["embeddings"], size], np.int64))
    g.op("Tanh", g.op("MatMul", parts, g.weight(size, E, scale=4)), name="embeddings")
    inputs = {"log_mel": float32(1, 1, AUDIO["mel_bins"], FRAMES)}
    g.save(folder, inputs, {"embeddings": float32(1, SEGMENT["embeddings"], E)})


def save_memory(folder: Path, rng) -> None:
    g = GraphBuilder("memory", rng)
    for name in ("cross_keys", "cross_values"):
        flat = g.op("MatMul", "embeddings", g.weight(E, L * WIDTH, scale=3))
        split = g.op("Reshape", flat, g.constant([1, M, L, H, D], np.int64))
        g.op("Transpose", split, name=name, perm=[2, 0, 3, 1, 4])
    cross = {name: float32(L, 1, H, M, D) for name in ("cross_keys", "cross_values")}
    g.save(folder, {"embeddings": float32(1, M, E)}, cross)


def save_decoder(folder: Path, rng) -> None:
    g = GraphBuilder("decoder", rng)
    heads = g.constant([B, H, 1, D], np.int64)

    def project(x: str) -> str:
        """[B, WIDTH] to [B, H, 1, D]."""
        return g.op("Reshape", g.op("MatMul", x, g.weight(WIDTH, WIDTH)), heads)

    def attend(query: str, keys: str, values: str, mask: str | None = None) -> str:
        scores = g.op("MatMul", query, g.op("Transpose", keys, perm=[0, 1, 3, 2]))
        weights = g.op("Softmax", g.op("Add", scores, mask) if mask else scores, axis=-1)
        return g.op("Reshape", g.op("MatMul", weights, values), g.constant([B, WIDTH], np.int64))

    # Rows before `position` and the step's own new row, which stands last, are visible.
    rows = g.constant([*range(T), -1], np.int32)
    mask = g.op("Where", g.op("Less", rows, "position"), g.constant(0.0), g.constant(-1e9))
    x = g.op("Add", g.op("Gather", g.weight(V, WIDTH, scale=6), "token"), g.op("Gather", g.weight(T, WIDTH), "position"))
    new = {"keys": [], "values": []}
    for layer in range(L):
        index = g.constant(layer, np.int64)
        key, value = project(x), project(x)
        keys = g.op("Concat", g.op("Gather", "self_keys", index), key, axis=2)
        values = g.op("Concat", g.op("Gather", "self_values", index), value, axis=2)
        x = g.op("Tanh", g.op("Add", x, attend(project(x), keys, values, mask)))
        cross = g.op("Gather", "cross_keys", index), g.op("Gather", "cross_values", index)
        x = g.op("Tanh", g.op("Add", x, attend(project(x), *cross)))
        new["keys"].append(key)
        new["values"].append(value)
    for name, parts in new.items():
        shape = g.constant([L, B, H, 1, D], np.int64)
        g.op("Reshape", g.op("Concat", *parts, axis=0), shape, name=f"new_{name}")
    g.op("LogSoftmax", g.op("MatMul", x, g.weight(WIDTH, V, scale=3)), name="log_probs", axis=-1)
    cache, cross = float32(L, B, H, T, D), float32(L, 1, H, M, D)
    row = float32(L, B, H, 1, D)
    inputs = {"token": int32(B), "position": int32(1), "self_keys": cache, "self_values": cache}
    inputs |= {"cross_keys": cross, "cross_values": cross}
    g.save(folder, inputs, {"log_probs": float32(B, V), "new_keys": row, "new_values": row})


def mel_filters() -> np.ndarray:
    """Overlapping triangles, evenly spaced."""
    bins = AUDIO["n_fft"] // 2 + 1
    centres = np.linspace(0, bins - 1, AUDIO["mel_bins"] + 2)
    width = centres[1]
    return np.maximum(0, 1 - np.abs(np.arange(bins) - centres[1:-1, None]) / width).astype("<f4")


def write_bundle(folder: Path, seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    for save in (save_encoder, save_memory, save_decoder):
        save(folder, rng)
    mel_filters().tofile(folder / "mel.f32")
    np.hanning(AUDIO["win_length"] + 1)[:-1].astype("<f4").tofile(folder / "window.f32")
    (folder / "vocabulary.json").write_text(json.dumps(VOCABULARY) + "\n")
    (folder / "README.md").write_text("Random weights for tests; made by `trainer/tests/make_tiny_bundle.py`.\n")
    contents = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "manifest.json"}
    manifest = {
        "format": "earshot-bundle",
        "version": 1,
        "name": "tiny",
        "description": "random weights with real signatures, for tests",
        "created": "2026-01-01T00:00:00Z",
        "audio": AUDIO,
        "segment": SEGMENT,
        "decoder": DECODER,
        "decoding": DECODING,
        "tokens": TOKENS,
        "files": {n: {"bytes": len(c), "sha256": hashlib.sha256(c).hexdigest()} for n, c in contents.items()},
        "quality": {},
        "training": {},
        "licences": [{"what": "everything", "licence": "MIT"}],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def test_sound(segments: int) -> np.ndarray:
    """Noise of a small congruential generator, loud and quiet by turns; the daemon's tests make the same."""
    state, samples = 1, []
    loudness = [0.9, 0.02, 0.3, 0.0, 0.6]
    for t in range(segments * SEGMENT_SAMPLES):
        state = (state * 75 + 74) % 65537
        samples.append((state / 32768 - 1) * loudness[t // SEGMENT_SAMPLES % len(loudness)])
    return np.asarray(samples, np.float32)


def log_mel(sound: np.ndarray, start: int) -> np.ndarray:
    """Steps 1 to 5 of "Log-mel" in docs/bundle.md, frame by frame."""
    padded = np.concatenate([np.zeros(HISTORY), sound.astype(np.float64)])
    emphasised = padded[1:] - AUDIO["pre_emphasis"] * padded[:-1]
    window = np.hanning(AUDIO["win_length"] + 1)[:-1].astype(np.float32)
    columns = []
    for k in range(FRAMES):
        end = start + (k - SEGMENT["context_frames"] + 1) * AUDIO["hop_length"] + HISTORY - 1
        spectrum = np.fft.rfft(emphasised[end - AUDIO["win_length"] : end] * window, AUDIO["n_fft"])
        columns.append(mel_filters() @ np.abs(spectrum) ** 2)
    log = AUDIO["log"]
    return ((np.log(np.stack(columns, 1) + log["floor"]) + log["offset"]) / log["scale"]).astype(np.float32)


def search(decoder: onnxruntime.InferenceSession, cross: dict) -> tuple[list[int], float, float]:
    """Beam search by the letter of docs/bundle.md; returns tokens, score, and the closest decision it took."""

    def next_log_probs(sequence: list[int]) -> np.ndarray:
        keys, values = np.zeros((2, L, B, H, T, D), np.float32)
        for position, token in enumerate([TOKENS["start"], *sequence]):
            step = {"token": np.full(B, token, np.int32), "position": np.asarray([position], np.int32)}
            log_probs, key, value = decoder.run(None, step | {"self_keys": keys, "self_values": values} | cross)
            keys[:, :, :, position], values[:, :, :, position] = key[:, :, :, 0], value[:, :, :, 0]
        allowed = log_probs[0].copy()
        allowed[[TOKENS["pad"], TOKENS["start"], TOKENS["unknown"]]] = -np.inf
        for before, after in itertools.pairwise(sequence):
            if before == sequence[-1]:
                allowed[after] = -np.inf
        if sequence:
            allowed[sequence[-1]] = -np.inf
        return allowed

    beams, scores, done, margin = [[]] * B, np.zeros(B, np.float32), [], np.inf
    for t in range(DECODING["max_tokens"]):
        totals = np.stack([score + next_log_probs(beam) for score, beam in zip(scores, beams, strict=True)])
        flat = (totals[:1] if t == 0 else totals).ravel()
        order = np.argsort(-flat, kind="stable")
        beams = [[*beams[i // V], int(i % V)] for i in order[:B]]
        scores = flat[order[:B]]
        margin = min(margin, float(np.min(-np.diff(flat[order[: B + 1]]))))
        for b, beam in enumerate(beams):
            if beam[-1] == TOKENS["end"] or t == DECODING["max_tokens"] - 1:
                done.append((float(scores[b]) / (t + 1), beam))
                scores[b] -= 1000
        if len(done) == B:
            break
    done.sort(key=lambda pair: -pair[0])
    return done[0][1], done[0][0], min(margin, done[0][0] - done[1][0])


def reference(folder: Path, segments: int) -> dict:
    encoder, memory, decoder = (
        onnxruntime.InferenceSession(folder / f"{name}.onnx", providers=["CPUExecutionProvider"])
        for name in ("encoder", "memory", "decoder")
    )
    sound = test_sound(segments)
    windows = []
    for start in range(0, (segments - SEGMENT["per_window"] + 1) * SEGMENT_SAMPLES, SEGMENT_SAMPLES):
        starts = [start + i * SEGMENT_SAMPLES for i in range(SEGMENT["per_window"])]
        parts = [encoder.run(None, {"log_mel": log_mel(sound, s)[None, None]})[0] for s in starts]
        keys, values = memory.run(None, {"embeddings": np.concatenate(parts, 1)})
        tokens, score, margin = search(decoder, {"cross_keys": keys, "cross_values": values})
        windows.append({"start": start, "tokens": tokens, "score": round(score, 5), "margin": round(margin, 5)})
    return {"segments": segments, "windows": windows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where to write tiny/ and tiny.expected.json")
    parser.add_argument("--seed", type=int, default=4)
    arguments = parser.parse_args()
    write_bundle(arguments.folder / "tiny", arguments.seed)
    expected = reference(arguments.folder / "tiny", segments=12)
    close = [w for w in expected["windows"] if w["margin"] < 1e-3]
    if close:
        raise SystemExit(f"decisions too close to be told apart on every machine, try another seed: {close}")
    (arguments.folder / "tiny.expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
