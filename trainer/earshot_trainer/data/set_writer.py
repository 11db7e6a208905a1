"""Writing a set chunk by chunk, so that an interrupted one can be continued; `Mixes` reads it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ..audio.settings import AudioSettings
from ..files import naming, read_json, write_json

Chunk = tuple[np.ndarray, np.ndarray, list[dict]]
"""Log-mel float16 [n, mel_bins, frames], teacher embeddings float32 [n, size] and one row a mix."""
Chunks = Callable[[range], Iterator[tuple[Chunk, list[str]]]]
"""The chunks of some numbers in order, each with what had to be left out of it."""
_STREAMS = ("log_mel.f16", "teacher.f32", "captions.jsonl")


def _cut_back(out: Path, identity: dict) -> dict:
    """Cut the files of an interrupted set back to its last whole chunk; returns how far that is."""
    begun = {"job": identity, "chunks": 0, "rows": 0, "left_out": [], "bytes": dict.fromkeys(_STREAMS, 0)}
    try:
        progress = json.loads((out / "composing.json").read_text(encoding="utf-8"))
        lengths = progress["bytes"]
        usable = progress["job"] == identity and all((out / name).stat().st_size >= lengths[name] for name in _STREAMS)
        progress = progress if usable and progress.keys() == begun.keys() else begun
    except (OSError, ValueError, KeyError):
        progress = begun
    for name in _STREAMS:
        with open(out / name, "ab") as file:
            file.truncate(progress["bytes"][name])
    return progress


def _append(out: Path, chunk: Chunk) -> dict[str, int]:
    """Write a chunk behind what is there; returns the new lengths of the files."""
    log_mel, embedding, rows = chunk
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    for name, data in zip(_STREAMS, (log_mel.tobytes(), embedding.tobytes(), lines), strict=True):
        with naming(out / name), open(out / name, "ab") as file:
            file.write(data)
    return {name: (out / name).stat().st_size for name in _STREAMS}


def write_set(
    out: Path, identity: dict, chunks: int, make: Chunks, audio: AudioSettings, about: dict, told: str
) -> tuple[int, dict]:  # fmt: skip
    """Write `chunks` chunks into `out`; returns how many were there before, and the set's description (`set.json`).

    A set that the same `identity` began is continued (`composing.json` says how far it is whole), another one overwritten.
    """
    done = out / "set.json"
    if done.exists() and (there := read_json(done, "Remove the folder")).get("job") == identity:
        return chunks, there
    with naming(out):
        out.mkdir(parents=True, exist_ok=True)
        done.unlink(missing_ok=True)
        progress = _cut_back(out, identity)
    first, rows, left_out = progress["chunks"], progress["rows"], progress["left_out"]
    bar = tqdm(total=chunks, initial=first, desc=told, unit="chunk")
    for number, (chunk, missing) in enumerate(make(range(first, chunks)) if first < chunks else (), start=first):
        lengths = _append(out, chunk)
        rows, left_out = rows + len(chunk[2]), [*left_out, *missing]
        state = {"job": identity, "chunks": number + 1, "rows": rows, "left_out": left_out, "bytes": lengths}
        write_json(out / "composing.json", state)
        bar.update()
    bar.close()
    with naming(out / "teacher.npy"):
        teacher = np.fromfile(out / "teacher.f32", dtype=np.float32)
        np.save(out / "teacher.npy", teacher.reshape(rows, -1) if len(teacher) else teacher.reshape(rows, 0))
    shape = [rows, audio.mel_bins, audio.context_frames + audio.window_segments * audio.segment_frames]
    about = {**about, **({"left_out": left_out} if left_out else {})}
    description = {"shape": shape, "audio": audio.as_dict(), **about, "job": identity}
    write_json(done, description)
    for name in ("composing.json", "teacher.f32"):
        (out / name).unlink(missing_ok=True)
    return first, description
