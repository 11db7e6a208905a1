import math

import numpy as np
import pytest
import torch
from synthesis import clicks, noise, sine_bursts

from earshot_trainer.audio.logmel import LogMel, analysis_window, silence_level
from earshot_trainer.audio.mel_bank import kaldi_mel_bank
from earshot_trainer.audio.settings import AudioSettings

SETTINGS = AudioSettings(segment_frames=20, window_segments=2)


def plain_log_mel(samples: np.ndarray, start: int, frames: int, s: AudioSettings) -> np.ndarray:
    """The five steps of docs/bundle.md in double precision, frame by frame; `samples` begin with the history."""
    bank, window = kaldi_mel_bank(s).numpy().astype(np.float64), analysis_window(s).numpy().astype(np.float64)
    x = samples.astype(np.float64)
    columns = []
    for k in range(s.context_frames + frames):
        end = start + (k - s.context_frames + 1) * s.hop_length
        y = np.array([x[t] - s.pre_emphasis * x[t - 1] for t in range(end - s.win_length, end)])
        power = np.abs(np.fft.fft(np.concatenate([y * window, np.zeros(s.n_fft - s.win_length)]))[: s.n_fft // 2 + 1]) ** 2
        columns.append((np.log(bank @ power + s.log_floor) + s.log_offset) / s.log_scale)
    return np.stack(columns, 1)


def sound(length: int) -> np.ndarray:
    rng = np.random.default_rng(2)
    seconds = length / 32000 + 0.01
    return (sine_bursts(seconds, 440) + clicks(seconds, 30) * 0.3 + 0.1 * noise(seconds, rng))[:length].astype(np.float32)


@pytest.mark.parametrize("context", [0, 7])
def test_log_mel_is_what_the_bundle_document_says(context):
    s = AudioSettings(segment_frames=20, window_segments=2, context_frames=context)
    samples = sound(s.history_samples + s.window_samples)
    log_mel = LogMel(s)(torch.from_numpy(samples)[None])[0].numpy()
    plain = plain_log_mel(samples, s.history_samples, s.segment_frames * s.window_segments, s)
    assert log_mel.shape == plain.shape == (128, context + 40)
    np.testing.assert_allclose(log_mel, plain, atol=2e-4)  # float32 next to double: a bin 100 dB below its neighbours


def test_a_window_is_its_segments_side_by_side():
    samples = torch.from_numpy(sound(SETTINGS.history_samples + SETTINGS.window_samples))[None]
    log_mel = LogMel(SETTINGS)
    step = SETTINGS.segment_samples
    segments = [log_mel(samples[:, i * step : i * step + SETTINGS.history_samples + step]) for i in range(2)]
    assert torch.equal(log_mel(samples), torch.cat(segments, dim=2))


def test_digital_silence_has_the_silence_level():
    level = LogMel(SETTINGS)(torch.zeros(1, SETTINGS.history_samples + SETTINGS.window_samples))
    assert torch.allclose(level, torch.full_like(level, silence_level(SETTINGS)))
    assert silence_level(SETTINGS) == pytest.approx((math.log(1e-5) + 4.5) / 5)


def test_a_tone_is_loudest_in_the_band_that_holds_its_frequency():
    s = AudioSettings(segment_frames=50, window_segments=1)
    t = np.arange(s.history_samples + s.window_samples) / s.sample_rate
    log_mel = LogMel(s)(torch.from_numpy(np.sin(2 * np.pi * 1000 * t).astype(np.float32))[None])[0]
    to_mel = lambda hertz: 1127 * math.log1p(hertz / 700)  # noqa: E731
    expected = to_mel(1000) / to_mel(15000) * 129 - 1
    assert abs(int(log_mel.mean(dim=1).argmax()) - expected) <= 1


def test_the_mel_bank_leaves_the_nyquist_bin_out_and_no_band_empty():
    bank = kaldi_mel_bank(AudioSettings())
    assert bank.shape == (128, 513)
    assert float(bank[:, -1].abs().max()) == 0
    assert float(bank.min()) >= 0 and float(bank.max()) <= 1
