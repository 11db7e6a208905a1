"""Reading and writing files so that a fault is named and a file is either whole or not there."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import TrainerError


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn a write that the system refuses (full disk, no permission) into an error that names `path`."""
    try:
        yield
    except OSError as error:
        remedy = "Make room or choose another folder; the same command then goes on from what is already written"
        raise TrainerError(f"{path}: cannot be written ({error.strerror or error})", remedy) from error


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where they are not there yet."""
    with naming(path):
        path.mkdir(parents=True, exist_ok=True)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path to write to, which takes the place of `path` when the block ends well and vanishes when it does not."""
    part = path.with_name(f"{path.name}.part")
    try:
        with naming(path):
            yield part
            with open(part, "rb") as file:
                os.fsync(file.fileno())
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text, whole or not at all."""
    with written_whole(path) as part:
        part.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON, whole or not at all."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def read_json(path: Path, remedy: str) -> Any:
    """Read a JSON file; `remedy` says how a person gets a right one."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainerError(f"{path}: is no readable JSON file ({error})", remedy) from error


def read_json_lines(path: Path, remedy: str) -> list[Any]:
    """Read a file of one JSON value a line; blank lines are passed over."""
    values, number = [], 0
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            number += 1
            if line.strip():
                values.append(json.loads(line))
    except OSError as error:
        raise TrainerError(f"{path}: cannot be read ({error.strerror or error})", remedy) from error
    except ValueError as error:
        raise TrainerError(f"{path}: line {number} is no JSON ({error})", remedy) from error
    return values
