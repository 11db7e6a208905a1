"""Log-mel with causal framing, as `docs/bundle.md` defines it for trainer and daemon alike."""

import math

import torch
from torch import Tensor, nn

from .settings import AudioSettings


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


def analysis_window(settings: AudioSettings) -> Tensor:
    """Symmetric Hann window, float32 [win_length]."""
    return torch.hann_window(settings.win_length, periodic=False, dtype=torch.float64).float()


class LogMel(nn.Module):
    """Waveform [batch, history + n * hop_length] to log-mel [batch, mel_bins, context_frames + n].

    The first `settings.history_samples` samples are what came before the first segment.
    """

    def __init__(self, settings: AudioSettings):
        super().__init__()
        self.settings = settings
        self.register_buffer("bank", kaldi_mel_bank(settings), persistent=False)
        self.register_buffer("window", analysis_window(settings), persistent=False)

    @torch.no_grad()
    def forward(self, waveform: Tensor) -> Tensor:
        s = self.settings
        emphasised = waveform[:, 1:] - s.pre_emphasis * waveform[:, :-1]
        frames = emphasised.unfold(1, s.win_length, s.hop_length) * self.window
        spectrum = torch.fft.rfft(frames, n=s.n_fft)
        power = spectrum.real.square() + spectrum.imag.square()
        mel = torch.matmul(power, self.bank.T).transpose(1, 2)
        return (torch.log(mel + s.log_floor) + s.log_offset) / s.log_scale


def silence_level(settings: AudioSettings) -> float:
    """The log-mel value of digital silence."""
    return (math.log(settings.log_floor) + settings.log_offset) / settings.log_scale
