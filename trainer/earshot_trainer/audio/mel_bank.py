"""Mel filter banks: triangles on one of two mel scales."""

import torch
from torch import Tensor, nn

from .settings import AudioSettings


def mel_bank(settings: AudioSettings) -> Tensor:
    """The bank of a front end, float32 [mel_bins, n_fft / 2 + 1]."""
    return {"kaldi": kaldi_mel_bank, "htk": htk_mel_bank}[settings.mel_scale](settings)


def kaldi_mel_bank(settings: AudioSettings) -> Tensor:
    """Triangles on the Kaldi mel axis, mel = 1127 ln(1 + f / 700); float32 [mel_bins, n_fft / 2 + 1], Nyquist zero."""

    def to_mel(hertz: Tensor) -> Tensor:
        return 1127.0 * torch.log1p(hertz / 700.0)

    bins = settings.n_fft // 2
    low, high = to_mel(torch.tensor([settings.f_min, settings.f_max], dtype=torch.float64))
    step = (high - low) / (settings.mel_bins + 1)
    left = low + step * torch.arange(settings.mel_bins, dtype=torch.float64).unsqueeze(1)
    mel = to_mel(settings.sample_rate / settings.n_fft * torch.arange(bins, dtype=torch.float64)).unsqueeze(0)
    rising, falling = (mel - left) / step, (left + 2 * step - mel) / step
    bank = torch.clamp(torch.minimum(rising, falling), min=0.0)
    return nn.functional.pad(bank, (0, 1)).float()


def htk_mel_bank(settings: AudioSettings) -> Tensor:
    """Triangles in hertz between corners equally far apart in mel, mel = 2595 log10(1 + f / 700), heights of 1."""
    low, high = 2595.0 * torch.log10(1.0 + torch.tensor([settings.f_min, settings.f_max], dtype=torch.float64) / 700.0)
    mel = torch.linspace(float(low), float(high), settings.mel_bins + 2, dtype=torch.float64)
    corners = 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
    left, peak, right = (corners[i : settings.mel_bins + i].unsqueeze(1) for i in range(3))
    hertz = torch.linspace(0, settings.sample_rate / 2, settings.n_fft // 2 + 1, dtype=torch.float64).unsqueeze(0)
    triangles = torch.minimum((hertz - left) / (peak - left), (right - hertz) / (right - peak))
    return torch.clamp(triangles, min=0.0).float()
