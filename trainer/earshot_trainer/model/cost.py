"""What a model costs: its parameters, and the multiply-adds of a call."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode


def parameters(model: nn.Module) -> int:
    """Trainable values of a model; a shared tensor counts once, a constant not at all."""
    return sum(parameter.numel() for parameter in model.parameters())


def multiply_adds(call: Callable[..., Any], *inputs: Any) -> int:
    """Multiplications with addition in the matrix products, attentions and convolutions of one `call(*inputs)`.

    Element-wise work (activations, normalisations) is not counted, as is usual.
    """
    # The counter knows attention only in the form that is written out.
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        call(*inputs)
    return counter.get_total_flops() // 2
