"""SpecAugment (arXiv 1904.08779)."""

import torch
from torch import Tensor


def mask_stripes(log_mel: Tensor, stripes: int, mel_width: int, time_width: int, value: float) -> Tensor:
    """Hide stripes of random width, up to the given ones, of log-mel [batch, mel, frames]; in place."""
    batch, mels, frames = log_mel.shape
    for width, size, dim in [(mel_width, mels, 1), (time_width, frames, 2)]:
        for _ in range(stripes):
            length = torch.rand(batch, 1) * width
            start = torch.rand(batch, 1) * (size - length)
            position = torch.arange(size)[None]
            hidden = ((position >= start) & (position < start + length)).to(log_mel.device)
            log_mel.masked_fill_(hidden.unsqueeze(2 if dim == 1 else 1), value)
    return log_mel
