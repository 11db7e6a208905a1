"""EfficientNet-B2 for log-mel (arXiv 1905.11946), its tensors named as in lukemelas/EfficientNet-PyTorch."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from .mobilenet import round_to_8

IMAGE_SIZE = 260
"""Convolutions are padded as they would be for a square image of this size, whatever they are given: it is what the
published weights were trained with, and differs from padding by the input's own size wherever the parities differ."""

# EfficientNet-B0 before the multipliers (table 1): repeats, kernel, stride, expansion, channels out.
_B0 = [
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
]  # fmt: skip
_WIDTH, _DEPTH = 1.1, 1.2
_DROP_CONNECT = 0.2


@dataclass(frozen=True)
class BlockShape:
    """One inverted residual: kernel size, stride, and channels before, within and after it."""

    kernel: int
    stride: int
    cin: int
    expanded: int
    out: int

    @property
    def squeezed(self) -> int:
        return max(1, self.cin // 4)


def block_shapes(stem: int) -> list[BlockShape]:
    """The 23 inverted residuals of B2."""
    shapes, channels = [], stem
    for repeats, kernel, stride, expansion, width in _B0:
        for repeat in range(math.ceil(repeats * _DEPTH)):
            out = round_to_8(width * _WIDTH)
            shapes.append(BlockShape(kernel, stride if repeat == 0 else 1, channels, channels * expansion, out))
            channels = out
    return shapes


class StaticConv2d(nn.Conv2d):
    """Convolution without bias, padded like TensorFlow's SAME for an input of `size` x `size`."""

    def __init__(self, cin: int, cout: int, kernel: int, stride: int, size: int, groups: int = 1):
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        self.before, self.after = total // 2, total - total // 2
        even = self.before if self.before == self.after else 0
        super().__init__(cin, cout, kernel, stride, even, groups=groups, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        uneven = self.before != self.after
        return super().forward(pad(x, (self.before, self.after, self.before, self.after)) if uneven else x)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class Block(nn.Module):
    """Expand, convolve each channel, gate, project; with a shortcut where the shapes allow it."""

    def __init__(self, shape: BlockShape, size: int, drop_connect: float):
        super().__init__()
        self.has_shortcut = shape.stride == 1 and shape.cin == shape.out
        self.drop_connect = drop_connect
        self.is_expanding = shape.expanded != shape.cin
        if self.is_expanding:
            self._expand_conv = StaticConv2d(shape.cin, shape.expanded, 1, 1, size)
            self._bn0 = _norm(shape.expanded)
        self._depthwise_conv = StaticConv2d(shape.expanded, shape.expanded, shape.kernel, shape.stride, size, shape.expanded)
        self._bn1 = _norm(shape.expanded)
        self._se_reduce = nn.Conv2d(shape.expanded, shape.squeezed, 1)
        self._se_expand = nn.Conv2d(shape.squeezed, shape.expanded, 1)
        self._project_conv = StaticConv2d(shape.expanded, shape.out, 1, 1, size)
        self._bn2 = _norm(shape.out)

    def forward(self, x: Tensor) -> Tensor:
        silu = nn.functional.silu
        inner = silu(self._bn0(self._expand_conv(x))) if self.is_expanding else x
        inner = silu(self._bn1(self._depthwise_conv(inner)))
        gate = self._se_expand(silu(self._se_reduce(inner.mean(dim=(2, 3), keepdim=True))))
        inner = self._bn2(self._project_conv(torch.sigmoid(gate) * inner))
        return x + self._connect(inner) if self.has_shortcut else inner

    def _connect(self, inner: Tensor) -> Tensor:
        """In training, leave the block out for a random part of the batch (arXiv 1603.09382)."""
        if not self.training or not self.drop_connect:
            return inner
        kept = 1.0 - self.drop_connect
        return inner * torch.empty_like(inner[:, :1, :1, :1]).bernoulli_(kept) / kept


class EfficientNetEncoder(nn.Module):
    """Log-mel [batch, 1, mel, frames] to frame embeddings [batch, ceil(frames // 4 / 8), 1408] (mean over frequency)."""

    embedding_size = 1408

    def __init__(self) -> None:
        super().__init__()
        stem = round_to_8(32 * _WIDTH)
        shapes, size = block_shapes(stem), IMAGE_SIZE
        self._conv_stem = StaticConv2d(1, stem, 3, 2, size)
        self._bn0 = _norm(stem)
        size = -(-size // 2)
        self._blocks = nn.ModuleList()
        for index, shape in enumerate(shapes):
            self._blocks.append(Block(shape, size, _DROP_CONNECT * index / len(shapes)))
            size = -(-size // shape.stride)
        self._conv_head = StaticConv2d(shapes[-1].out, self.embedding_size, 1, 1, size)
        self._bn1 = _norm(self.embedding_size)

    def forward(self, log_mel: Tensor) -> Tensor:
        silu = nn.functional.silu
        x = silu(self._bn0(self._conv_stem(log_mel)))
        for block in self._blocks:
            x = block(x)
        return silu(self._bn1(self._conv_head(x))).mean(dim=2).transpose(1, 2)
