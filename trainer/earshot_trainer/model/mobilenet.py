"""MobileNetV3 for log-mel, in the layout and with the key names of EfficientAT (arXiv 2211.04772)."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from .weights import read_weights, require_fit

TAGGER_REMEDY = "Give the file of EfficientAT's mn04_as (mn04_as_mAP_432.pt)"


def round_to_8(value: float) -> int:
    """Nearest multiple of 8, at least 8, and never more than a tenth below `value`."""
    rounded = max(8, int(value + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * value else rounded


@dataclass(frozen=True)
class BlockShape:
    """One inverted residual: kernel size, channels within and after it, what it has, and its stride."""

    kernel: int
    expanded: int
    out: int
    squeeze_excite: bool
    hard_swish: bool
    stride: int


# MobileNetV3-large before the width multiplier (arXiv 1905.02244, table 1).
_LARGE = [
    (3, 16, 16, False, False, 1), (3, 64, 24, False, False, 2), (3, 72, 24, False, False, 1),
    (5, 72, 40, True, False, 2), (5, 120, 40, True, False, 1), (5, 120, 40, True, False, 1),
    (3, 240, 80, False, True, 2), (3, 200, 80, False, True, 1), (3, 184, 80, False, True, 1),
    (3, 184, 80, False, True, 1), (3, 480, 112, True, True, 1), (3, 672, 112, True, True, 1),
    (5, 672, 160, True, True, 2), (5, 960, 160, True, True, 1), (5, 960, 160, True, True, 1),
]  # fmt: skip


def block_shapes(width: float) -> list[BlockShape]:
    """The 15 inverted residuals at a width multiplier."""
    return [
        BlockShape(kernel, round_to_8(expanded * width), round_to_8(out * width), se, hs, stride)
        for kernel, expanded, out, se, hs, stride in _LARGE
    ]


def encoder_size(width: float) -> int:
    """Size of the embeddings at a width multiplier."""
    return 6 * block_shapes(width)[-1].out


class ConvNorm(nn.Sequential):
    """Convolution, batch normalisation and, where given, an activation."""

    def __init__(self, cin: int, cout: int, kernel: int, stride: int, groups: int, act: Callable[[], nn.Module] | None):
        layers: list[nn.Module] = [
            nn.Conv2d(cin, cout, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False),
            nn.BatchNorm2d(cout, eps=1e-3, momentum=0.01),
        ]
        super().__init__(*layers, *([act()] if act else []))

    def forward(self, x: Tensor) -> Tensor:
        conv, norm, *act = self
        if norm.training:
            return super().forward(x)
        # With fixed statistics the normalisation is a scale of the kernel: a sixth of a training step is saved.
        scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
        kernel, bias = conv.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale
        if conv.groups > 1 and torch.is_autocast_enabled("cpu"):
            # The gradient of a 5x5 depthwise convolution takes seven times as long in bfloat16 as in float32 there.
            with torch.autocast("cpu", enabled=False):
                out = nn.functional.conv2d(x.float(), kernel, bias, conv.stride, conv.padding, groups=conv.groups)
        else:
            out = nn.functional.conv2d(x, kernel, bias, conv.stride, conv.padding, groups=conv.groups)
        return act[0](out) if act else out


class SqueezeExcite(nn.Module):
    """Channel gates from the mean over frequency and time."""

    def __init__(self, channels: int):
        super().__init__()
        squeezed = round_to_8(channels / 4)
        self.fc1 = nn.Linear(channels, squeezed)
        self.fc2 = nn.Linear(squeezed, channels)

    def forward(self, x: Tensor) -> Tensor:
        gate = torch.sigmoid(self.fc2(torch.relu(self.fc1(x.mean(dim=(2, 3))))))
        return x * gate[:, :, None, None]


class ConcurrentSqueezeExcite(nn.Module):
    """One gate in a list: EfficientAT's key layout allows several."""

    def __init__(self, channels: int):
        super().__init__()
        self.conc_se_layers = nn.ModuleList([SqueezeExcite(channels)])

    def forward(self, x: Tensor) -> Tensor:
        return self.conc_se_layers[0](x)


class InvertedResidual(nn.Module):
    """Expand, convolve each channel, gate, project; with a shortcut where the shapes allow it."""

    def __init__(self, cin: int, shape: BlockShape):
        super().__init__()
        act = nn.Hardswish if shape.hard_swish else nn.ReLU
        layers: list[nn.Module] = []
        if shape.expanded != cin:
            layers.append(ConvNorm(cin, shape.expanded, 1, 1, 1, act))
        layers.append(ConvNorm(shape.expanded, shape.expanded, shape.kernel, shape.stride, shape.expanded, act))
        if shape.squeeze_excite:
            layers.append(ConcurrentSqueezeExcite(shape.expanded))
        layers.append(ConvNorm(shape.expanded, shape.out, 1, 1, 1, None))
        self.block = nn.Sequential(*layers)
        self.use_residual = shape.stride == 1 and cin == shape.out

    def forward(self, x: Tensor) -> Tensor:
        return x + self.block(x) if self.use_residual else self.block(x)


class MobileNetEncoder(nn.Module):
    """Log-mel [batch, 1, mel, frames] to frame embeddings [batch, ceil(frames / 32), size] (mean over frequency)."""

    def __init__(self, width: float):
        super().__init__()
        shapes = block_shapes(width)
        stem = round_to_8(16 * width)
        layers: list[nn.Module] = [ConvNorm(1, stem, 3, 2, 1, nn.Hardswish)]
        channels = stem
        for shape in shapes:
            layers.append(InvertedResidual(channels, shape))
            channels = shape.out
        self.embedding_size = encoder_size(width)
        layers.append(ConvNorm(channels, self.embedding_size, 1, 1, 1, nn.Hardswish))
        self.features = nn.Sequential(*layers)

    def begin(self, log_mel: Tensor, layers: int) -> Tensor:
        """Log-mel [batch, 1, mel, frames] after the first `layers` layers: [batch, channels, mel / s, frames / s]."""
        return self.features[:layers](log_mel)

    def finish(self, activations: Tensor, layer: int) -> Tensor:
        """What `begin` has made with `layer` layers to frame embeddings [batch, ceil(frames / 32), size]."""
        return self.features[layer:](activations).mean(dim=2).transpose(1, 2)

    def forward(self, log_mel: Tensor) -> Tensor:
        return self.finish(log_mel, 0)


class Tagger(nn.Module):
    """AudioSet tagger: the encoder with a classifier over the mean of its last feature map."""

    def __init__(self, width: float = 0.4, hidden: int = 512, classes: int = 527):
        super().__init__()
        encoder = MobileNetEncoder(width)
        self.features = encoder.features
        size = encoder.embedding_size
        self.classifier = nn.Sequential(
            nn.Identity(), nn.Identity(), nn.Linear(size, hidden), nn.Hardswish(), nn.Dropout(0.2), nn.Linear(hidden, classes)
        )

    def embed(self, log_mel: Tensor) -> Tensor:
        """Log-mel [batch, 1, mel, frames] to clip embeddings [batch, size]."""
        return self.features(log_mel).mean(dim=(2, 3))

    def forward(self, log_mel: Tensor) -> Tensor:
        """Log-mel [batch, 1, mel, frames] to class logits [batch, 527]."""
        return self.classifier(self.embed(log_mel))


def load_tagger(path: Path) -> Tagger:
    """The EfficientAT tagger mn04_as in eval mode, from the file its authors publish."""
    tagger, weights = Tagger(), read_weights(path, TAGGER_REMEDY)
    require_fit(path, weights, tagger.state_dict(), TAGGER_REMEDY)
    tagger.load_state_dict(weights)
    return tagger.eval()
