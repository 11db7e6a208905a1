"""An evaluation set on disk: recordings as wav, and what may be said of each."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile

from ..data.mixes import Mixes
from ..errors import TrainerError
from ..files import read_json_lines


@dataclass(frozen=True)
class Item:
    """One recording: human references where it is a mix, concept names where it is a single real sound."""

    file: str
    kind: str
    references: tuple[str, ...]
    concepts: tuple[str, ...]
    label: str


def write_item(folder: Path, item: Item, samples: np.ndarray, rate: int) -> None:
    """Add a recording [samples] at `rate` Hz to the set."""
    soundfile.write(folder / item.file, samples, rate, subtype="PCM_16")
    with open(folder / "items.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(item)) + "\n")


def holds_log_mel(folder: Path) -> bool:
    """Whether a set is one to train on (`Mixes`) instead of one of recordings."""
    return (folder / "set.json").exists()


def _from_log_mel(folder: Path) -> list[Item]:
    """The rows of a set of log-mel as items, named after their recordings where they have some."""
    rows = Mixes(folder).rows
    names = [f"{row['file']}@{row['start']}" if "file" in row else f"mix-{i:06d}" for i, row in enumerate(rows)]
    pairs = zip(names, rows, strict=True)
    return [Item(name, "mix", tuple(row["references"]), tuple(row["concepts"]), "") for name, row in pairs]


def read_items(folder: Path) -> list[Item]:
    """The items of a set, in the order they were written."""
    if holds_log_mel(folder):
        return _from_log_mel(folder)
    rows = read_json_lines(folder / "items.jsonl", "Make the set with the listening_set stage, to its end")
    return [Item(r["file"], r["kind"], tuple(r["references"]), tuple(r["concepts"]), r["label"]) for r in rows]


def read_hypotheses(path: Path) -> dict[str, str]:
    """Captions by file name from JSON lines as `earshot caption --once --json` prints them."""
    remedy = "Write it with: earshot caption --once --json FILE... > FILE.jsonl"
    rows = read_json_lines(path, remedy)
    try:
        return {Path(row["file"]).name: row["caption"] for row in rows}
    except (KeyError, TypeError) as error:
        raise TrainerError(f"{path}: has lines without file or caption", remedy) from error
