"""The files of a published checkpoint: given one by one, or as the folder in which they were downloaded."""

from dataclasses import dataclass
from pathlib import Path

from ..errors import TrainerError

_WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_REMEDY = (
    "Give the file of the weights (model.safetensors, pytorch_model.bin or a .pth), or the folder in which it is "
    "together with config.json and tokenizer.json"
)


@dataclass(frozen=True)
class CheckpointFiles:
    weights: Path
    config: Path | None
    tokenizer: Path | None


def find_files(given: Path, tokenizer: Path | None) -> CheckpointFiles:
    """What belongs to the file or folder `given`; `tokenizer`, a file or a folder too, goes before what lies beside it."""
    if not given.exists():
        raise TrainerError(f"{given}: does not exist", _REMEDY)
    weights = _weights_in(given) if given.is_dir() else given
    beside = weights.parent
    chosen = tokenizer / "tokenizer.json" if tokenizer and tokenizer.is_dir() else tokenizer
    return CheckpointFiles(weights, _if_there(beside / "config.json"), chosen or _if_there(beside / "tokenizer.json"))


def _weights_in(folder: Path) -> Path:
    for name in _WEIGHTS:
        if (folder / name).is_file():
            return folder / name
    others = sorted(path for path in folder.iterdir() if path.suffix in (".safetensors", ".bin", ".pth", ".pt"))
    if len(others) != 1:
        found = f"{len(others)} files of weights ({', '.join(path.name for path in others)})" if others else "no weights"
        raise TrainerError(f"{folder}: holds {found}", _REMEDY)
    return others[0]


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None
