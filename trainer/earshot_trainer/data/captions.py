"""Reading human captions and putting them into the plain words a decoder learns."""

import csv
import gzip
import re
from dataclasses import dataclass
from pathlib import Path

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


class UnreadableCaptions(Exception):
    """A caption file without the columns it needs; the message names them."""


def _rows(path: Path, needed: set[str]) -> list[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    missing = needed - set(rows[0] if rows else {})
    if missing:
        raise UnreadableCaptions(f"{path}: lacks the columns {', '.join(sorted(missing))}; is it the right file?")
    return rows


def read_audiocaps(path: Path) -> list[CaptionedClip]:
    """AudioCaps csv (youtube_id, start_time, caption), one row a caption."""
    clips: dict[str, list[str]] = {}
    for row in _rows(path, {"youtube_id", "start_time", "caption"}):
        clips.setdefault(f"{row['youtube_id']}_{row['start_time']}", []).append(normalise(row["caption"]))
    return [CaptionedClip("audiocaps", clip, tuple(texts)) for clip, texts in clips.items()]


def read_clotho(path: Path) -> list[CaptionedClip]:
    """Clotho csv (file_name, caption_1 ... caption_5)."""
    columns = [f"caption_{i}" for i in range(1, 6)]
    rows = _rows(path, {"file_name", *columns})
    return [CaptionedClip("clotho", row["file_name"], tuple(normalise(row[c]) for c in columns)) for row in rows]


def read_soundbible(path: Path) -> list[CaptionedClip]:
    """SoundBible csv (id, title, caption)."""
    rows = _rows(path, {"id", "caption"})
    return [CaptionedClip("soundbible", row["id"], (normalise(row["caption"]),)) for row in rows]


READERS = {"audiocaps": read_audiocaps, "clotho": read_clotho, "soundbible": read_soundbible}


def read_captions(path: Path) -> list[CaptionedClip]:
    """Read a caption file whose name begins with the name of its corpus."""
    for corpus, reader in READERS.items():
        if path.name.startswith(corpus):
            return reader(path)
    raise UnreadableCaptions(f"{path}: name it after its corpus ({', '.join(READERS)}), so that its layout is known")
