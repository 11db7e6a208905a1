"""Reading files of weights, with an error that names a file of the wrong kind."""

import pickle
import re
from pathlib import Path
from typing import Any

import torch

from ..errors import TrainerError


def read_weights(path: Path, remedy: str) -> dict[str, Any]:
    """Read a file that `torch.save` wrote, tensors and plain values only; it must hold a dictionary.

    Nothing in the file is run: one that asks for more than tensors and plain values is refused.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise TrainerError(f"{path}: does not exist", remedy) from error
    except Exception as error:  # torch tells a foreign or torn file by many kinds of exception
        # The name of something in Python: a line of a text file that happens to begin like one is none.
        asked_for = re.search(r"(?:GLOBAL|[Uu]nsupported class|[Tt]rying to instantiate) ([A-Za-z_][\w.]*)(?![\w,])", str(error))
        if isinstance(error, pickle.UnpicklingError) and asked_for:
            raise _refuse_to_run(path, asked_for[1]) from error
        raise TrainerError(f"{path}: is no readable file of PyTorch weights ({_reason(error)})", remedy) from error
    if not isinstance(content, dict):
        raise TrainerError(f"{path}: holds a {type(content).__name__} instead of named weights", remedy)
    return content


def _reason(error: Exception) -> str:
    """The line that says what is wrong; torch's first one may be advice to run whatever the file holds."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and "weights_only" not in line]
    return lines[0] if lines else type(error).__name__


def _refuse_to_run(path: Path, asked_for: str) -> TrainerError:
    return TrainerError(
        f"{path}: holds more than tensors and plain values ({asked_for}), and reading that could run any code",
        "Where you trust the file, load it with its authors' own code and save its state_dict() again with torch.save "
        "or safetensors, then give that file",
    )


def require_fit(path: Path, weights: dict[str, Any], wanted: dict[str, torch.Tensor], remedy: str) -> None:
    """Refuse weights whose names or shapes are not the wanted ones, naming the first that differs."""
    for name, tensor in wanted.items():
        shape = getattr(weights.get(name), "shape", None)
        if shape != tensor.shape:
            found = "is missing" if shape is None else f"has the shape {list(shape)} instead of {list(tensor.shape)}"
            raise TrainerError(f"{path}: holds the weights of another model ({name} {found})", remedy)
    extra = sorted(weights.keys() - wanted.keys())
    if extra:
        raise TrainerError(f"{path}: holds the weights of another model ({extra[0]} is not known here)", remedy)
