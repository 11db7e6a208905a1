import numpy as np
import pytest
import soundfile
from conftest import AUDIO

from earshot_trainer.data.datasets.windows import Cuts, load_windows, window_at

REGULAR, RANDOM = Cuts(False, 4, 0), Cuts(True, 4, 0)


@pytest.mark.parametrize(("seconds", "starts"), [
    (0.3, [0]), (10, [0]), (10.9, [0]), (11, [0, 10]), (29, [0, 10, 20]), (30.5, [0, 10, 20]), (3600, [0, 10, 20, 30]),
])  # fmt: skip
def test_regular_cuts_follow_one_another_and_leave_a_rest_of_less_than_a_second_out(seconds, starts):
    assert REGULAR.starts(seconds, 10, 0) == starts


def test_random_cuts_lie_within_the_recording_and_depend_on_seed_and_recording_alone():
    starts = RANDOM.starts(35, 10, 7)
    assert len(starts) == 4 and starts == sorted(starts) and starts[0] >= 0 and starts[-1] <= 25
    assert starts == RANDOM.starts(35, 10, 7) != RANDOM.starts(35, 10, 8)
    assert starts != Cuts(True, 4, 1).starts(35, 10, 7)
    assert len(RANDOM.starts(15, 10, 0)) == 2 and RANDOM.starts(9, 10, 0) == [0]


def test_as_many_windows_can_be_drawn_as_there_are_captions_even_of_a_short_recording():
    assert len(set(RANDOM.drawn(15, 10, 0, 5))) > 2 and RANDOM.drawn(9, 10, 0, 5) == [0] * 5


def test_a_window_has_what_was_heard_before_it_and_silence_outside_of_the_recording():
    samples = np.arange(1, 101, dtype=np.float32)
    assert np.array_equal(window_at(samples, 100, 0.2, 5, 20), np.arange(16, 41))
    begins, ends = window_at(samples, 100, 0, 5, 20), window_at(samples, 100, 0.9, 5, 20)
    assert np.array_equal(begins, [0] * 5 + list(range(1, 21))) and np.array_equal(ends, list(range(86, 101)) + [0] * 10)


def test_two_models_of_different_rates_hear_the_same_span():
    seconds = 3.0
    coarse, fine = (np.sin(2 * np.pi * 3 * np.arange(int(seconds * rate)) / rate) for rate in (16000, 32000))
    one, other = window_at(coarse, 16000, 1.23, 0, 16000), window_at(fine, 32000, 1.23, 0, 32000)
    np.testing.assert_allclose(one, other[::2], atol=1e-6)


def test_the_windows_of_a_file_are_cut_at_the_models_rate(tmp_path):
    soundfile.write(tmp_path / "a.wav", 0.5 * np.ones(16000 * 3), 16000)
    starts, waves = load_windows(tmp_path / "a.wav", AUDIO, REGULAR, 0)
    assert starts == [0, 0.64, 1.28, 1.92] and waves.shape == (4, AUDIO.history_samples + AUDIO.window_samples)
    assert waves.dtype == np.float32 and np.allclose(waves[1, 100:-100], 0.5, atol=0.01)
    assert np.allclose(waves[0, : AUDIO.history_samples], 0)
