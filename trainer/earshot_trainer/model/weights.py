"""Reading files of weights, with an error that names a file of the wrong kind."""

from pathlib import Path
from typing import Any

import torch

from ..errors import TrainerError


def read_weights(path: Path, remedy: str) -> dict[str, Any]:
    """Read a file that `torch.save` wrote, tensors and plain values only; it must hold a dictionary."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise TrainerError(f"{path}: does not exist", remedy) from error
    except Exception as error:  # torch tells a foreign or torn file by many kinds of exception
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise TrainerError(f"{path}: is no readable file of PyTorch weights ({reason})", remedy) from error
    if not isinstance(content, dict):
        raise TrainerError(f"{path}: holds a {type(content).__name__} instead of named weights", remedy)
    return content


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
