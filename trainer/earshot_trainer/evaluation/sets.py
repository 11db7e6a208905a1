"""An evaluation set on disk: recordings as wav, and what may be said of each."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile


@dataclass(frozen=True)
class Item:
    """One recording: human references where it is a mix, concept names where it is a single real sound."""

    file: str
    kind: str
    references: tuple[str, ...]
    concepts: tuple[str, ...]
    label: str


def write_item(folder: Path, item: Item, samples: np.ndarray, rate: int) -> None:
    soundfile.write(folder / item.file, samples, rate, subtype="PCM_16")
    with open(folder / "items.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(item)) + "\n")


def read_items(folder: Path) -> list[Item]:
    with open(folder / "items.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [Item(r["file"], r["kind"], tuple(r["references"]), tuple(r["concepts"]), r["label"]) for r in rows]


def read_hypotheses(path: Path) -> dict[str, str]:
    """Captions by file name from JSON lines as `earshot caption --once --json` prints them."""
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    return {Path(row["file"]).name: row["caption"] for row in rows}
