"""The pool of decoded clips: one int16 file and one index, so that composing never decodes twice."""

import csv
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ..audio.load import UnreadableAudio, load_mono

INDEX_FIELDS = ["path", "source", "label", "label_kind", "group", "licence", "tags", "offset", "samples"]


@dataclass(frozen=True)
class Clip:
    """One recording in the pool; `offset` and `samples` count int16 samples in the pool file."""

    path: str
    source: str
    label: str
    label_kind: str
    group: str
    licence: str
    tags: dict[str, float]
    offset: int
    samples: int


def parse_tags(text: str) -> dict[str, float]:
    """`"Dog=0.80;Bark=0.22"` to `{"Dog": 0.8, "Bark": 0.22}`; names may hold `=`."""
    pairs = (item.rpartition("=") for item in text.split(";") if "=" in item)
    return {name: float(value) for name, _, value in pairs}


def _decode(root: Path, sample_rate: int, row: dict) -> np.ndarray | str:
    try:
        mono = load_mono(root / row["path"], sample_rate)
    except UnreadableAudio as error:
        return str(error)
    peak = max(1.0, float(np.abs(mono).max()))
    return np.round(mono / peak * 32767).astype(np.int16)


def build_pool(sounds: Path, out: Path, sample_rate: int, workers: int) -> list[str]:
    """Decode every clip listed in `sounds/clips.csv` into `out`; return a line for each that failed."""
    with open(sounds / "clips.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    missing = {"path", "label", "group", "tags"} - set(rows[0] if rows else {})
    if missing:
        raise ValueError(f"{sounds / 'clips.csv'}: lacks the columns {', '.join(sorted(missing))}")
    out.mkdir(parents=True, exist_ok=True)
    failures, offset = [], 0
    with (
        ProcessPoolExecutor(workers) as workers_pool,
        open(out / "pool.s16", "wb") as pool,
        open(out / "pool.csv.part", "w", newline="") as index_file,
    ):
        index = csv.DictWriter(index_file, INDEX_FIELDS, extrasaction="ignore")
        index.writeheader()
        decoded = workers_pool.map(partial(_decode, sounds, sample_rate), rows, chunksize=16)
        for row, samples in tqdm(zip(rows, decoded, strict=True), total=len(rows), desc="decoding", unit="clip"):
            if isinstance(samples, str):
                failures.append(samples)
                continue
            pool.write(samples.tobytes())
            index.writerow({**row, "offset": offset, "samples": len(samples)})
            offset += len(samples)
    (out / "pool.csv.part").replace(out / "pool.csv")
    return failures


class Pool:
    """Read access to a built pool."""

    def __init__(self, folder: Path):
        with open(folder / "pool.csv", newline="") as file:
            self.clips = [
                Clip(
                    **{key: row[key] for key in ("path", "source", "label", "label_kind", "group", "licence")},
                    tags=parse_tags(row["tags"]),
                    offset=int(row["offset"]),
                    samples=int(row["samples"]),
                )
                for row in csv.DictReader(file)
            ]
        self._samples = np.memmap(folder / "pool.s16", dtype=np.int16, mode="r")

    def audio(self, index: int) -> np.ndarray:
        """Float32 [samples] in [-1, 1] of clip `index`."""
        clip = self.clips[index]
        return self._samples[clip.offset : clip.offset + clip.samples].astype(np.float32) / 32768
