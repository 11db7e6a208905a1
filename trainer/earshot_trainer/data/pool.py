"""The pool of decoded clips: one int16 file and one index, so that composing never decodes twice."""

import csv
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ..audio.load import UnreadableAudio, load_mono
from ..errors import TrainerError
from ..files import naming, written_whole

NEEDED_COLUMNS = ["path", "label", "group", "tags"]
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


def _check_row(path: Path, number: int, row: dict) -> None:
    """A row of `clips.csv` must be whole, and its tags numbers; the first row is number 1."""
    remedy = "Mend that row, or remove it"
    short = [column for column in NEEDED_COLUMNS if row[column] is None]
    if short:
        raise TrainerError(f"{path}: row {number} ends before the column {short[0]}", remedy)
    try:
        parse_tags(row["tags"])
    except ValueError as error:
        raise TrainerError(f"{path}: row {number}: tags are not name=probability;... ({error})", remedy) from error


def read_clip_list(sounds: Path) -> list[dict[str, str]]:
    """The rows of `sounds/clips.csv`; a recording without a group is a group of its own."""
    path = sounds / "clips.csv"
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            rows, columns = list(reader), reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        remedy = "Give --sounds a folder with the recordings and their clips.csv; trainer/README.md lists its columns"
        raise TrainerError(f"{path}: cannot be read ({error})", remedy) from error
    missing = [column for column in NEEDED_COLUMNS if column not in columns]
    if missing:
        remedy = "Name the columns in its first line; trainer/README.md lists them"
        raise TrainerError(f"{path}: lacks the columns {', '.join(missing)}", remedy)
    for number, row in enumerate(rows, start=1):
        _check_row(path, number, row)
        row["group"] = row["group"] or row["path"]
    return rows


def _decode(root: Path, sample_rate: int, row: dict) -> np.ndarray | str:
    try:
        mono = load_mono(root / row["path"], sample_rate)
    except UnreadableAudio as error:
        return str(error)
    peak = max(1.0, float(np.abs(mono).max()))
    return np.round(mono / peak * 32767).astype(np.int16)


def build_pool(sounds: Path, out: Path, sample_rate: int, workers: int) -> list[str]:
    """Decode every clip listed in `sounds/clips.csv` into `out`; return a line for each that failed."""
    rows = read_clip_list(sounds)
    with naming(out):
        out.mkdir(parents=True, exist_ok=True)
        # The index says that the samples are whole, so it goes first and comes last.
        (out / "pool.csv").unlink(missing_ok=True)
    failures, offset = [], 0
    with (
        written_whole(out / "pool.csv") as part,
        open(part, "w", newline="", encoding="utf-8") as index_file,
        open(out / "pool.s16", "wb") as pool,
        ProcessPoolExecutor(workers) as processes,
    ):
        index = csv.DictWriter(index_file, INDEX_FIELDS, extrasaction="ignore")
        index.writeheader()
        decoded = processes.map(partial(_decode, sounds, sample_rate), rows, chunksize=16)
        for row, samples in tqdm(zip(rows, decoded, strict=True), total=len(rows), desc="decoding", unit="clip"):
            if isinstance(samples, str):
                failures.append(samples)
                continue
            with naming(out / "pool.s16"):
                pool.write(samples.tobytes())
            index.writerow({**row, "offset": offset, "samples": len(samples)})
            offset += len(samples)
        if offset == 0:
            first = f"; the first: {failures[0]}" if failures else ""
            raise TrainerError(f"{sounds / 'clips.csv'}: lists no recording that decodes{first}", "Check its column path")
    return failures


class Pool:
    """Read access to a built pool."""

    def __init__(self, folder: Path):
        try:
            with open(folder / "pool.csv", newline="", encoding="utf-8") as file:
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
        except (OSError, KeyError, ValueError) as error:
            remedy = "Make it with the prepare stage, to its end"
            raise TrainerError(f"{folder}: is no whole pool of recordings ({error})", remedy) from error
        last = self.clips[-1].offset + self.clips[-1].samples if self.clips else 0
        if last != len(self._samples):
            held = f"{folder / 'pool.s16'}: holds {len(self._samples)} samples where pool.csv lists {last}"
            raise TrainerError(held, "Run the prepare stage again, to its end")

    def audio(self, index: int) -> np.ndarray:
        """Float32 [samples] in [-1, 1] of clip `index`."""
        clip = self.clips[index]
        return self._samples[clip.offset : clip.offset + clip.samples].astype(np.float32) / 32768
