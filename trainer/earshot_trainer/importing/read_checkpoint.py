"""Reading what was published: safetensors, or PyTorch files of tensors and plain values. Nothing read is ever run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ..errors import TrainerError
from ..model.weights import read_weights

_REMEDY = "Download it again, whole: model.safetensors or pytorch_model.bin of effb2-trm, or the authors' .pth"


@dataclass(frozen=True)
class Published:
    """Tensors by the names the file gives them, and the word-to-id table that the authors' own .pth carries."""

    tensors: dict[str, Tensor]
    word_ids: dict[str, Any] | None


def read_checkpoint(path: Path) -> Published:
    """Read a file of weights of any published kind; raises a `TrainerError` that names it."""
    _refuse_pointer(path)
    if path.suffix == ".safetensors":
        return Published(_read_safetensors(path), None)
    content = read_weights(path, _REMEDY)
    if "model" not in content:
        return Published(_only_tensors(path, content), None)
    tensors, word_ids = content["model"], content.get("tokenizer")
    if not isinstance(tensors, dict):
        raise TrainerError(f"{path}: holds a {type(tensors).__name__} as its model instead of named tensors", _REMEDY)
    return Published(_only_tensors(path, tensors), word_ids if isinstance(word_ids, dict) else None)


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (OSError, SafetensorError, ValueError) as error:
        raise TrainerError(f"{path}: is no readable safetensors file ({error})", _REMEDY) from error


def _only_tensors(path: Path, values: dict[str, Any]) -> dict[str, Tensor]:
    odd = [f"{name} ({type(value).__name__})" for name, value in values.items() if not isinstance(value, Tensor)]
    if odd:
        raise TrainerError(f"{path}: holds what are no tensors among its weights: {', '.join(odd[:5])}", _REMEDY)
    return values


def _refuse_pointer(path: Path) -> None:
    try:
        with open(path, "rb") as file:
            is_pointer = file.read(40).startswith(b"version https://git-lfs")
    except OSError as error:
        raise TrainerError(f"{path}: cannot be read ({error.strerror or error})", _REMEDY) from error
    if is_pointer:
        raise TrainerError(f"{path}: is a Git LFS pointer, not the weights it stands for", "Fetch the weights: git lfs pull")
