"""Data sets in their published layouts, and any csv of path and caption."""

from pathlib import Path

from ...errors import TrainerError
from ..captions import normalise, read_columns, read_rows
from .recording import DataSet, Recording, SoundFiles, gather

PATHS = ("path", "file", "file_name", "filename", "audio")
"""Names of the column that holds a recording's path, in any csv."""


def _caption_columns(columns: list[str]) -> list[str]:
    numbered = [name for name in columns if name.startswith("caption_") and name.removeprefix("caption_").isdigit()]
    return ["caption"] if "caption" in columns else numbered


def read_audiocaps(path: Path, folder: Path) -> DataSet:
    """AudioCaps (audiocap_id, youtube_id, start_time, caption; a row a caption).

    A recording is called by its youtube_id, alone, with `_` and the start time, or after a `Y`; or by the audiocap_id.
    """
    clips: dict[tuple[str, ...], list[str]] = {}
    known: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in read_rows(path, ["youtube_id", "start_time", "caption"]):
        clip, start = row["youtube_id"], row["start_time"]
        names = (f"{clip}_{start}", clip, f"Y{clip}", f"Y{clip}_{start}", *filter(None, [row.get("audiocap_id")]))
        clips.setdefault(known.setdefault((clip, start), names), []).append(normalise(row["caption"]))
    return gather(SoundFiles(folder), clips)


def read_clotho(path: Path, folder: Path) -> DataSet:
    """Clotho (file_name, caption_1 ... caption_5)."""
    columns = [f"caption_{i}" for i in range(1, 6)]
    rows = read_rows(path, ["file_name", *columns])
    return gather(SoundFiles(folder), {(row["file_name"],): [normalise(row[column]) for column in columns] for row in rows})


def read_any(path: Path, folder: Path, captioned: bool) -> DataSet:
    """Any csv with a column of paths below `folder` and, if `captioned`, caption or caption_1 ... caption_n."""
    columns = read_columns(path)
    place, captions = next((name for name in PATHS if name in columns), None), _caption_columns(columns)
    if place is None or (captioned and not captions):
        wanted = f"one of {', '.join(PATHS)}" + (", and caption or caption_1 ... caption_n" if captioned else "")
        raise TrainerError(
            f"{path}: lacks columns; it has {', '.join(columns) or 'none'}, wanted are {wanted}", "Name them in its first line"
        )
    said: dict[str, list[str]] = {}
    for row in read_rows(path, [place, *captions]):
        said.setdefault(row[place], []).extend(filter(None, (normalise(row[column]) for column in captions)))
    there = {file: (folder / file).is_file() for file in said}
    recordings = [Recording(file, tuple(texts)) for file, texts in said.items() if there[file]]
    if not recordings:
        told = f"{folder}: holds none of the recordings that {path} lists, for example {next(iter(said))}"
        raise TrainerError(told, "Give --audio the folder that its paths start from")
    return DataSet(folder, recordings, [file for file in said if not there[file]])


def read_dataset(path: Path, folder: Path) -> DataSet:
    """The data set whose csv is `path`, its layout told by its columns."""
    columns = read_columns(path)
    if {"youtube_id", "start_time"} <= set(columns):
        return read_audiocaps(path, folder)
    if {"file_name", "caption_1", "caption_5"} <= set(columns):
        return read_clotho(path, folder)
    return read_any(path, folder, captioned=True)


def read_sounds(path: Path) -> DataSet:
    """A folder of audio, or a csv of paths beside it; nothing else is needed to listen to."""
    if path.suffix == ".csv" or path.name.endswith(".csv.gz"):
        return read_any(path, path.parent, captioned=False)
    sounds = SoundFiles(path)
    return DataSet(path, [Recording(file.relative_to(path).as_posix()) for file in sounds.paths])
