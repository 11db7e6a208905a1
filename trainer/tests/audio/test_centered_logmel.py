from dataclasses import replace

import numpy as np
import pytest
import torch
from synthesis import clicks, noise, sine_bursts

from earshot_trainer.audio.logmel import LogMel, analysis_window, silence_level
from earshot_trainer.audio.mel_bank import htk_mel_bank
from earshot_trainer.audio.settings import PAPER_AUDIO

SHORT = replace(PAPER_AUDIO, segment_frames=51)


def sound(length: int) -> np.ndarray:
    rng = np.random.default_rng(4)
    seconds = length / 16000 + 0.02
    return (sine_bursts(seconds, 440) + clicks(seconds, 30) * 0.3 + 0.01 * noise(seconds, rng))[:length].astype(np.float32)


def plain_log_mel(x: np.ndarray) -> np.ndarray:
    """Centred framing and dB of docs/bundle.md in double precision, frame by frame, sample by sample."""
    s, last = SHORT, len(x) - 1
    bank, window = htk_mel_bank(s).numpy().astype(np.float64), analysis_window(s).numpy().astype(np.float64)
    at = lambda t: float(x[-t if t < 0 else 2 * last - t if t > last else t])  # noqa: E731
    columns = []
    for k in range(s.segment_frames):
        frame = [at(t) for t in range(k * s.hop_length - s.win_length // 2, k * s.hop_length + s.win_length // 2)]
        columns.append(bank @ np.abs(np.fft.fft(frame * window)[: s.n_fft // 2 + 1]) ** 2)
    level = 10 * np.log10(np.maximum(np.stack(columns, 1), s.log_floor))
    return np.maximum(level, level.max() - s.top_db)


def test_centred_log_mel_is_what_the_bundle_document_says():
    samples = sound(SHORT.segment_samples)
    log_mel = LogMel(SHORT).double()(torch.from_numpy(samples)[None].double())[0].numpy()
    assert log_mel.shape == (64, 51)
    np.testing.assert_allclose(log_mel, plain_log_mel(samples), atol=1e-4)


def test_ten_seconds_are_one_segment_of_1001_frames_without_history():
    assert (PAPER_AUDIO.window_samples, PAPER_AUDIO.history_samples) == (160_000, 0)
    assert LogMel(PAPER_AUDIO)(torch.zeros(1, 160_000)).shape == (1, 64, 1001)


def test_a_clips_floor_depends_on_its_own_maximum_and_not_on_the_batch_it_is_in():
    quiet, loud = 1e-4 * sound(SHORT.segment_samples), 0.5 * sound(SHORT.segment_samples)
    quiet[4000:] = loud[4000:] = 0
    log_mel = LogMel(SHORT)
    both = log_mel(torch.from_numpy(np.stack([quiet, loud])))
    for together, alone in zip(both, (quiet, loud), strict=True):
        assert torch.equal(together, log_mel(torch.from_numpy(alone)[None])[0])
    assert both[0].max() - both[0].min() < 120  # the floor of -100 dB is nearer
    assert float(both[1].max() - both[1].min()) == pytest.approx(120, abs=1e-4)


def test_digital_silence_has_the_silence_level_of_minus_100_db():
    level = LogMel(SHORT)(torch.zeros(1, SHORT.segment_samples))
    assert torch.equal(level, torch.full_like(level, silence_level(SHORT)))
    assert silence_level(SHORT) == -100


def test_the_htk_bank_has_peaks_of_at_most_one_and_no_empty_band():
    bank = htk_mel_bank(PAPER_AUDIO)
    assert bank.shape == (64, 257)
    assert (bank.max(dim=1).values > 0).all() and float(bank.max()) <= 1 and float(bank.min()) >= 0
    assert bank[0].nonzero().tolist() == [[1]]
    assert float(bank.sum()) == pytest.approx(250.19512, abs=1e-4)
