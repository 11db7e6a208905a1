"""Writing a bundle: graphs, front end, vocabulary and the manifest that describes them."""

import hashlib
import json
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from ..audio.logmel import analysis_window
from ..audio.mel_bank import mel_bank
from ..audio.settings import AudioSettings
from ..decoding import DecodingSettings
from ..errors import TrainerError
from ..files import naming
from ..model.captioner import CaptionerSettings
from ..tokenizer import END, PAD, START, UNKNOWN
from .onnx import GRAPHS


def _describe(path: Path) -> dict:
    return {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _audio(audio: AudioSettings) -> dict:
    log: dict[str, object] = {"kind": audio.log_kind, "floor": audio.log_floor}
    log |= {"top_db": audio.top_db} if audio.log_kind == "db" else {"offset": audio.log_offset, "scale": audio.log_scale}
    return {
        "sample_rate": audio.sample_rate, "pre_emphasis": audio.pre_emphasis,
        "n_fft": audio.n_fft, "win_length": audio.win_length, "hop_length": audio.hop_length, "framing": audio.framing,
        "mel_bins": audio.mel_bins, "log": log,
    }  # fmt: skip


def require_replaceable(folder: Path) -> None:
    """Refuse to write a bundle where something else is: writing it removes what was there."""
    if not folder.exists() or (folder / "manifest.json").exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    remedy = "Give --out a new folder, or an older bundle to replace"
    raise TrainerError(f"{folder}: is there already and is no bundle", remedy)


def write_bundle(
    folder: Path, graphs: dict[str, Path], settings: CaptionerSettings, words: list[str], decoding: DecodingSettings,
    about: dict, card: str,
) -> dict:  # fmt: skip
    """Write a whole bundle into `folder`; `about` holds name, description, quality, training and licences.

    The bundle that was there stays until the new one is whole. Returns the manifest.
    """
    require_replaceable(folder)
    part, before = folder.with_name(f".{folder.name}.part"), folder.with_name(f".{folder.name}.before")
    shutil.rmtree(part, ignore_errors=True)
    try:
        with naming(folder):
            part.mkdir(parents=True)
            manifest = _write_files(part, graphs, settings, words, decoding, about, card)
            shutil.rmtree(before, ignore_errors=True)
            if folder.exists():
                folder.replace(before)
            part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)
    return manifest


def _write_files(
    part: Path, graphs: dict[str, Path], settings: CaptionerSettings, words: list[str], decoding: DecodingSettings,
    about: dict, card: str,
) -> dict:  # fmt: skip
    for graph in GRAPHS:
        shutil.copyfile(graphs[graph], part / f"{graph}.onnx")
    audio, shape = settings.audio, settings.decoder
    (part / "mel.f32").write_bytes(mel_bank(audio).numpy().astype("<f4").tobytes())
    (part / "window.f32").write_bytes(analysis_window(audio).numpy().astype("<f4").tobytes())
    (part / "vocabulary.json").write_text(json.dumps(words, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    (part / "README.md").write_text(card, encoding="utf-8")
    manifest = {
        "format": "earshot-bundle", "version": 1, "name": about["name"], "description": about["description"],
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "audio": _audio(audio),
        "segment": {
            "frames": audio.segment_frames, "context_frames": audio.context_frames, "per_window": audio.window_segments,
            "embeddings": settings.segment_embeddings, "embedding_size": settings.embedding_size,
        },
        "decoder": {
            "layers": shape.layers, "heads": shape.heads, "head_size": shape.width // shape.heads,
            "cache_length": shape.cache_length,
        },
        "decoding": asdict(decoding),
        "tokens": {"pad": PAD, "start": START, "end": END, "unknown": UNKNOWN, "size": len(words)},
        "files": {path.name: _describe(path) for path in sorted(part.iterdir())},
        "quality": about["quality"], "training": about["training"], "licences": about["licences"],
    }  # fmt: skip
    (part / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return manifest
