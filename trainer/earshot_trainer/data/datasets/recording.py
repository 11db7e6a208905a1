"""A recording of a data set, wherever its layout keeps it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import TrainerError

SUFFIXES = {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aiff", ".aif", ".au", ".caf"}


@dataclass(frozen=True)
class Recording:
    """A file below the data set's folder, and what people said of it (normalised; nothing where nobody did)."""

    file: str
    captions: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataSet:
    """The recordings that are there, and the names of those that are not."""

    folder: Path
    recordings: list[Recording]
    missing: list[str] = field(default_factory=list)


class SoundFiles:
    """The recordings below a folder, found by name with or without the suffix."""

    def __init__(self, folder: Path):
        self.folder = folder
        if not folder.is_dir():
            raise TrainerError(f"{folder}: is no folder", "Give the folder that holds the recordings")
        self.paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
        if not self.paths:
            kinds = ", ".join(sorted(suffix[1:] for suffix in SUFFIXES))
            raise TrainerError(f"{folder}: holds no recordings ({kinds})", "Give the folder that holds them, at any depth")
        self._by_name = {key: path for path in reversed(self.paths) for key in (path.stem, path.name)}

    def find(self, names: Iterable[str]) -> str | None:
        """The first of some names that is there, as a path below the folder."""
        found = next((self._by_name[name] for name in names if name in self._by_name), None)
        return found.relative_to(self.folder).as_posix() if found else None


def gather(sounds: SoundFiles, clips: dict[tuple[str, ...], list[str]]) -> DataSet:
    """The data set of captions by the names a recording may have; the first name stands for a missing one."""
    recordings, missing = [], []
    for names, captions in clips.items():
        file = sounds.find(names)
        if file is None:
            missing.append(names[0])
        else:
            recordings.append(Recording(file, tuple(caption for caption in captions if caption)))
    if not recordings:
        raise TrainerError(
            f"{sounds.folder}: holds none of the {len(missing)} recordings that the csv lists, for example {missing[0]}",
            "Give the folder that belongs to that csv",
        )
    return DataSet(sounds.folder, recordings, missing)
