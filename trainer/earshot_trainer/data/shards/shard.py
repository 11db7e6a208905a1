"""One shard: a tar of items in webdataset's layout, which says in its first member what made it."""

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import webdataset

from ...errors import TrainerError
from ...files import written_whole

_ORIGIN = "__origin__.json__"
"""A name between double underscores: readers of webdataset pass it over."""
_REMEDY = "Remove that shard and run the stage that writes it again: it makes what is missing"


def write_shard(path: Path, origin: dict, items: list[dict[str, Any]]) -> None:
    """Write items (`__key__`, and values by names whose ending tells their kind: npy, txt, json), all or none."""
    about = json.dumps({**origin, "items": len(items)}, sort_keys=True).encode()
    with written_whole(path) as part, open(part, "wb") as file, webdataset.TarWriter(file, mtime=0) as tar:
        member = tarfile.TarInfo(_ORIGIN)
        member.size = len(about)
        tar.tarstream.addfile(member, io.BytesIO(about))
        for item in items:
            tar.write(item)


def read_origin(path: Path) -> dict:
    """What made a shard, and how many `items` it holds; reads no more than its beginning."""
    try:
        with tarfile.open(path) as tar:
            member = tar.next()
            file = tar.extractfile(member) if member and member.name == _ORIGIN else None
            origin = json.loads(file.read()) if file else None
    except FileNotFoundError as error:
        raise TrainerError(f"{path}: is missing", _REMEDY) from error
    except (OSError, tarfile.TarError, ValueError) as error:
        raise TrainerError(f"{path}: is no readable shard ({error})", _REMEDY) from error
    if not isinstance(origin, dict) or not {"items", "left_out"} <= origin.keys():
        raise TrainerError(f"{path}: does not say what made it, so it is no shard of this trainer", _REMEDY)
    return origin


def _value(name: str, data: bytes) -> Any:
    if name.endswith(".npy"):
        return np.load(io.BytesIO(data), allow_pickle=False)
    return json.loads(data) if name.endswith("json") else data.decode("utf-8")


def read_shard(path: Path) -> Iterator[dict[str, Any]]:
    """The items of a shard in order; refuses one that holds fewer than it says."""
    wanted, count = read_origin(path)["items"], 0
    try:
        for sample in webdataset.WebDataset(str(path), shardshuffle=False, empty_check=False):
            yield {name: _value(name, data) if not name.startswith("__") else data for name, data in sample.items()}
            count += 1
    except (OSError, tarfile.TarError, ValueError) as error:
        raise TrainerError(f"{path}: is no readable shard ({error})", _REMEDY) from error
    if count != wanted:
        raise TrainerError(f"{path}: holds {count} items where it counts {wanted}", _REMEDY)
