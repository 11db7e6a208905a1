import numpy as np
import pytest
from synthesis import clicks, noise, sine_bursts

from earshot_trainer.data.render import Placement, fill, noise_floor, render, rms, trim_silence

RATE, LENGTH = 32000, 64000


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def sounds(index: int) -> np.ndarray:
    made = [noise(3, rng(1)), sine_bursts(0.7, 500), clicks(0.3, 9), np.zeros(9000)]
    return made[index].astype(np.float32)


@pytest.mark.parametrize("level", [-14.0, -32.0, -60.0])
@pytest.mark.parametrize("seed", range(6))
def test_a_mix_has_the_length_and_the_level_asked_for(level, seed):
    plan = [Placement(0, 0, LENGTH, 0.0), Placement(1, 9000, 50000, -3.0)]
    mix = render(plan, sounds, LENGTH, RATE, level, rng(seed))
    assert mix.shape == (LENGTH,) and mix.dtype == np.float32
    assert 20 * np.log10(rms(mix)) == pytest.approx(level, abs=1.0)


@pytest.mark.parametrize("seed", range(10))
def test_no_sample_leaves_full_scale_however_spiky_the_sound(seed):
    mix = render([Placement(2, 0, LENGTH, 3.0)], sounds, LENGTH, RATE, -14.0, rng(seed))
    assert np.isfinite(mix).all() and np.abs(mix).max() <= 1


def test_a_steady_sound_is_not_clipped():
    mix = render([Placement(0, 0, LENGTH, 0.0)], sounds, LENGTH, RATE, -14.0, rng(3))
    assert np.mean(np.abs(mix) >= 1) < 1e-4


def test_a_silent_recording_gives_silence_with_a_noise_floor_and_no_error():
    mix = render([Placement(3, 0, LENGTH, 0.0)], sounds, LENGTH, RATE, -20.0, rng())
    assert np.isfinite(mix).all()
    assert -90 < 20 * np.log10(rms(mix)) < -30


def test_a_sound_is_heard_only_where_it_was_placed():
    plan = [Placement(0, 40000, LENGTH, 0.0)]
    heard = [render(plan, sounds, LENGTH, RATE, -20.0, rng(seed)) for seed in range(5)]
    for mix in heard:
        assert rms(mix[:39000]) < rms(mix[41000:]) / 3


def test_silence_is_trimmed_from_both_ends_of_a_recording():
    tone = sine_bursts(0.5, 500)
    padded = np.concatenate([np.zeros(20000), tone, np.zeros(12000)]).astype(np.float32)
    trimmed = trim_silence(padded)
    assert len(tone) * 0.7 < len(trimmed) <= len(tone) + 1280
    assert len(trim_silence(np.zeros(6400, np.float32))) == 6400


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("length", [100, 5000, 64000])
def test_a_recording_fills_any_length(index, length):
    filled = fill(sounds(index), length, RATE, rng(2))
    assert filled.shape == (length,) and np.isfinite(filled).all()


def test_a_noise_floor_has_unit_level():
    assert [rms(noise_floor(20000, rng(seed))) for seed in range(8)] == pytest.approx([1.0] * 8)
