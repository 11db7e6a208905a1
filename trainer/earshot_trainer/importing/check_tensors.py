"""Everything that keeps published tensors from being a whole effb2-trm, found at once."""

import torch
from torch import Tensor

from ..model.effb2_trm import EffB2Trm
from .layout import CLASSIFIER, EMBEDDING, POSITIONS, constants, is_training_head, published_tensors, stacked_shape

_COUNTER = ".num_batches_tracked"
"""Counts training steps; of no use afterwards, and left out by some exports."""


def find_faults(tensors: dict[str, Tensor], model: EffB2Trm) -> list[str]:
    """A line for each tensor that is missing, unknown, of another shape, not finite, or a constant of another value."""
    computed = constants()
    wanted = {name: stacked_shape(parts) for name, parts in published_tensors(model).items()}
    both = wanted | {name: list(tensor.shape) for name, tensor in computed.items()} | {POSITIONS: [100, 1, 256]}
    faults = [
        f"{name} is missing, expected {shape}"
        for name, shape in wanted.items()
        if name not in tensors and not name.endswith(_COUNTER)
    ]
    faults += [f"{name} {list(tensors[name].shape)} is not known" for name in tensors if name not in both]
    for name in both.keys() & tensors.keys():
        shape = list(tensors[name].shape)
        if shape != both[name]:
            faults.append(f"{name} has the shape {shape}, expected {both[name]}")
        elif not torch.isfinite(tensors[name]).all():
            faults.append(f"{name} holds values that are not numbers")
        elif name in computed and not torch.allclose(tensors[name].float(), computed[name], atol=1e-3):
            faults.append(f"{name} is constant in the paper's model but has other values here")
    return faults


def resolve_tied(tensors: dict[str, Tensor]) -> tuple[dict[str, Tensor], list[str]]:
    """Name the tied tensor as the embedding, whichever names it came under; a fault where the two differ."""
    embedding, classifier = tensors.get(EMBEDDING), tensors.get(CLASSIFIER)
    rest = {name: tensor for name, tensor in tensors.items() if name != CLASSIFIER}
    if classifier is None:
        return rest, []
    if embedding is None or torch.equal(embedding, classifier):
        return {**rest, EMBEDDING: classifier}, []
    return rest, [f"{CLASSIFIER} differs from {EMBEDDING}, with which it must be tied"]


def split_heads(tensors: dict[str, Tensor]) -> tuple[dict[str, Tensor], list[str]]:
    """The student's own tensors, and the names of those that served distillation alone."""
    heads = [name for name in tensors if is_training_head(name)]
    return {name: tensor for name, tensor in tensors.items() if name not in heads}, heads
