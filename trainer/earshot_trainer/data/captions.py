"""Reading human captions and putting them into the plain words a decoder learns."""

import csv
import gzip
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import TrainerError

_NOT_A_WORD = re.compile(r"[^a-z0-9' -]+")


def normalise(text: str) -> str:
    """Lower case, no punctuation, single spaces: `"A dog barks."` to `"a dog barks"`."""
    words = _NOT_A_WORD.sub(" ", text.lower().replace("’", "'")).split()
    stripped = (word.strip("'-") for word in words)
    return " ".join(word for word in stripped if word)


@dataclass(frozen=True)
class CaptionedClip:
    """All human captions of one recording, normalised."""

    corpus: str
    clip: str
    captions: tuple[str, ...]


class UnreadableCaptions(TrainerError):
    """A caption file that cannot be opened, or that lacks columns or fields."""


def _read(path: Path) -> tuple[list[dict[str, str]], list[str]]:
    """The rows and the columns of a csv (or csv.gz) file."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            return list(reader), list(reader.fieldnames or [])
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        remedy = "Give it as csv in UTF-8, or as csv.gz"
        raise UnreadableCaptions(f"{path}: cannot be read ({error})", remedy) from error


def read_columns(path: Path) -> list[str]:
    """The names of a csv's columns."""
    return _read(path)[1]


def read_rows(path: Path, needed: list[str]) -> list[dict[str, str]]:
    """The rows of a csv (or csv.gz) file, each with every one of the `needed` columns filled in."""
    rows, columns = _read(path)
    missing = [column for column in needed if column not in columns]
    if missing:
        raise UnreadableCaptions(
            f"{path}: lacks the columns {', '.join(missing)} (it has {', '.join(columns) or 'none'})",
            "Name the columns in its first line; trainer/README.md lists them for every corpus",
        )
    if not rows:
        raise UnreadableCaptions(f"{path}: holds no captions below its first line", "Add some, or leave the file out")
    for number, row in enumerate(rows, start=1):
        empty = [column for column in needed if row[column] is None]
        if empty:
            raise UnreadableCaptions(f"{path}: row {number} ends before the column {empty[0]}", "Fill in that row, or remove it")
    return rows


def _by_clip(corpus: str, pairs: Iterable[tuple[str, str]]) -> list[CaptionedClip]:
    clips: dict[str, list[str]] = {}
    for clip, caption in pairs:
        clips.setdefault(clip, []).append(normalise(caption))
    return [CaptionedClip(corpus, clip, tuple(captions)) for clip, captions in clips.items()]


def read_audiocaps(path: Path) -> list[CaptionedClip]:
    """AudioCaps csv (youtube_id, start_time, caption), one row a caption."""
    rows = read_rows(path, ["youtube_id", "start_time", "caption"])
    return _by_clip("audiocaps", ((f"{row['youtube_id']}_{row['start_time']}", row["caption"]) for row in rows))


def read_clotho(path: Path) -> list[CaptionedClip]:
    """Clotho csv (file_name, caption_1 ... caption_5)."""
    columns = [f"caption_{i}" for i in range(1, 6)]
    rows = read_rows(path, ["file_name", *columns])
    return [CaptionedClip("clotho", row["file_name"], tuple(normalise(row[c]) for c in columns)) for row in rows]


def read_soundbible(path: Path) -> list[CaptionedClip]:
    """SoundBible csv (id, title, caption)."""
    rows = read_rows(path, ["id", "caption"])
    return [CaptionedClip("soundbible", row["id"], (normalise(row["caption"]),)) for row in rows]


def read_own(path: Path) -> list[CaptionedClip]:
    """A person's own csv (clip, caption), one row a caption; rows with the same clip describe the same sound."""
    return _by_clip("captions", ((row["clip"], row["caption"]) for row in read_rows(path, ["clip", "caption"])))


READERS = {"audiocaps": read_audiocaps, "clotho": read_clotho, "soundbible": read_soundbible, "captions": read_own}


def read_captions(path: Path) -> list[CaptionedClip]:
    """Read a caption file whose name begins with the name of its corpus."""
    for corpus, reader in READERS.items():
        if path.name.startswith(corpus):
            return reader(path)
    remedy = f"Let its name begin with one of {', '.join(READERS)}, so that its columns are known"
    raise UnreadableCaptions(f"{path}: belongs to no known corpus by its name", remedy)
