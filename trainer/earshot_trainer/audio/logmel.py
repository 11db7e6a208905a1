"""Log-mel, as `docs/bundle.md` defines it for trainer and daemon alike."""

import math

import torch
from torch import Tensor, nn

from .mel_bank import mel_bank
from .settings import AudioSettings


def analysis_window(settings: AudioSettings) -> Tensor:
    """Hann window, float32 [win_length]: symmetric for causal framing, periodic for frames that are centred."""
    return torch.hann_window(settings.win_length, periodic=settings.framing == "center", dtype=torch.float64).float()


def causal_frames(waveform: Tensor, settings: AudioSettings) -> Tensor:
    """Waveform [batch, history + n * hop] to pre-emphasised frames [batch, context_frames + n, win_length]."""
    emphasised = waveform[:, 1:] - settings.pre_emphasis * waveform[:, :-1]
    return emphasised.unfold(1, settings.win_length, settings.hop_length)


def centered_frames(waveform: Tensor, settings: AudioSettings) -> Tensor:
    """Waveform [batch, n * hop] to frames [batch, n + 1, win_length], reflected at its ends."""
    reach = settings.win_length // 2
    reflected = nn.functional.pad(waveform.unsqueeze(1), (reach, settings.win_length - reach), mode="reflect").squeeze(1)
    return reflected.unfold(1, settings.win_length, settings.hop_length)


def decibels(mel: Tensor, settings: AudioSettings) -> Tensor:
    """Power [batch, mel_bins, frames] to dB, clamped from below by each clip's own maximum.

    The paper's code has the maximum taken over whatever comes in one call, so that there a quiet clip changes with
    the batch it is in; of one clip at a time, as a captioner hears them, both give the same.
    """
    level = 10.0 * torch.log10(mel.clamp(min=settings.log_floor))
    return torch.maximum(level, level.amax(dim=(1, 2), keepdim=True) - settings.top_db)


class LogMel(nn.Module):
    """Waveform to log-mel [batch, mel_bins, frames].

    Causal: [batch, history + n * hop_length] gives context_frames + n frames; the first `settings.history_samples`
    samples are what came before the first segment. Centred: [batch, n * hop_length] gives n + 1.
    """

    def __init__(self, settings: AudioSettings):
        super().__init__()
        self.settings = settings
        self.frames = {"causal": causal_frames, "center": centered_frames}[settings.framing]
        self.register_buffer("bank", mel_bank(settings), persistent=False)
        self.register_buffer("window", analysis_window(settings), persistent=False)

    @torch.no_grad()
    def forward(self, waveform: Tensor) -> Tensor:
        s = self.settings
        frames = self.frames(waveform, s) * self.window
        spectrum = torch.fft.rfft(frames, n=s.n_fft)
        power = spectrum.real.square() + spectrum.imag.square()
        mel = torch.matmul(power, self.bank.T).transpose(1, 2)
        if s.log_kind == "db":
            return decibels(mel, s)
        return (torch.log(mel + s.log_floor) + s.log_offset) / s.log_scale


def silence_level(settings: AudioSettings) -> float:
    """The log-mel value of digital silence."""
    if settings.log_kind == "db":
        return 10.0 * math.log10(settings.log_floor)
    return (math.log(settings.log_floor) + settings.log_offset) / settings.log_scale
