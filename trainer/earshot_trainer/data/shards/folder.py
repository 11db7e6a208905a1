"""A folder of shards: written one whole shard after the other, continued where it was interrupted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ...errors import TrainerError
from ...files import make_folder, read_json, write_json
from .shard import read_origin, write_shard

MANIFEST = "manifest.json"
Make = Callable[[range], Iterator[list[dict[str, Any]] | TrainerError]]
"""The items of each of some source numbers, or why there are none."""


def shard_path(folder: Path, number: int) -> Path:
    return folder / f"shard-{number:06d}.tar"


def require_origin(path: Path, wanted: dict) -> dict:
    """What made a shard; refuses one that something else made than the rest of its folder."""
    origin = read_origin(path)
    differing = [f"{key} {origin.get(key)} instead of {value}" for key, value in wanted.items() if origin.get(key) != value]
    if differing:
        raise TrainerError(
            f"{path}: was made by something else than its folder ({', '.join(differing)})",
            "Remove that shard and run the stage that writes it again",
        )
    return origin


def _begin(folder: Path, manifest: dict) -> None:
    """Write the manifest, or make sure that the one that is there is the same."""
    make_folder(folder)
    path = folder / MANIFEST
    if not path.exists():
        if any(folder.glob("shard-*.tar")):
            raise TrainerError(f"{path}: is missing beside shards", "Give --out another folder, or remove the shards")
        write_json(path, manifest)
        return
    there = read_json(path, "Remove the folder and begin anew")
    before, now = ({**content, **content.pop("origin", {})} for content in (there, dict(manifest)))
    differing = [f"{key} {now[key]} instead of {before.get(key)}" for key in now if now[key] != before.get(key)]
    if differing:
        raise TrainerError(
            f"{path}: these shards were begun otherwise ({', '.join(differing)})",
            "Give the options and files they were begun with, or --out another folder",
        )


def write_shards(folder: Path, origin: dict, count: int, per_shard: int, make: Make, what: str) -> int:
    """Write `count` source numbers as shards of `per_shard` each; returns how many shards were there before.

    `manifest.json` is written first: it says what makes the shards (`origin`) and how many there shall be.
    """
    shards = -(-count // per_shard)
    _begin(folder, {"origin": origin, "count": count, "per_shard": per_shard, "shards": shards})
    there = [number for number in range(shards) if shard_path(folder, number).exists()]
    for number in there:
        require_origin(shard_path(folder, number), origin)
    progress = tqdm(total=count, initial=min(count, len(there) * per_shard), desc=what, unit="clip")
    for number in (number for number in range(shards) if number not in set(there)):
        items, left_out = [], []
        for made in make(range(number * per_shard, min(count, (number + 1) * per_shard))):
            progress.update()
            if isinstance(made, TrainerError):
                left_out.append(made.message)
            else:
                items.extend(made)
        write_shard(shard_path(folder, number), {**origin, "left_out": left_out}, items)
    progress.close()
    return len(there)


def left_out(folder: Path) -> list[str]:
    """Why source numbers are in no shard of a folder, those of earlier runs too."""
    return [reason for path in sorted(folder.glob("shard-*.tar")) for reason in read_origin(path)["left_out"]]


def read_manifest(folder: Path, remedy: str) -> tuple[dict, int, list[Path]]:
    """What made a folder, how many source numbers it covers, and its shards, all of which are there."""
    manifest = read_json(folder / MANIFEST, remedy)
    try:
        origin, count, shards = manifest["origin"], manifest["count"], manifest["shards"]
    except (KeyError, TypeError) as error:
        raise TrainerError(f"{folder / MANIFEST}: is no manifest of shards ({error} is not there)", remedy) from error
    paths = [shard_path(folder, number) for number in range(shards)]
    missing = [path for path in paths if not path.exists()]
    if missing:
        more = f" and {len(missing) - 1} more" if missing[1:] else ""
        raise TrainerError(f"{missing[0]}: is missing{more}, of {shards} shards", remedy)
    return origin, count, paths
