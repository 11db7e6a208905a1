"""From a plan of sounds to a waveform: place, level, colour and sum recordings."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Rng = np.random.Generator


@dataclass(frozen=True)
class Placement:
    """One clip in a mix; times in samples from the start of the mix."""

    clip: int
    start: int
    stop: int
    gain_db: float


def rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


def trim_silence(audio: np.ndarray, block: int = 640, below_peak_db: float = 45.0) -> np.ndarray:
    """Cut what is much quieter than the loudest block from both ends."""
    blocks = len(audio) // block
    if blocks < 2:
        return audio
    energy = np.square(audio[: blocks * block]).reshape(blocks, block).mean(axis=1)
    loud = np.flatnonzero(energy >= energy.max() * 10 ** (-below_peak_db / 10))
    return audio[loud[0] * block : (loud[-1] + 1) * block]


def _fade(samples: np.ndarray, length: int) -> np.ndarray:
    length = min(length, len(samples) // 2)
    if length:
        ramp = np.linspace(0.0, 1.0, length, dtype=np.float32)
        samples[:length] *= ramp
        samples[-length:] *= ramp[::-1]
    return samples


def _excerpt(audio: np.ndarray, length: int, rng: Rng) -> np.ndarray:
    """A random stretch of a long clip that is not its quiet part."""
    best, level = audio[:length], -1.0
    for start in rng.integers(0, len(audio) - length + 1, size=3):
        stretch = audio[start : start + length]
        loudness = rms(stretch[::8])
        if loudness > level:
            best, level = stretch, loudness
    return best


def fill(audio: np.ndarray, length: int, rate: int, rng: Rng) -> np.ndarray:
    """Fit a clip to `length` samples: an excerpt, or the clip once or repeated with gaps."""
    if len(audio) >= length:
        return _fade(_excerpt(audio, length, rng).copy(), rate // 20)
    out = np.zeros(length, dtype=np.float32)
    piece = _fade(audio.copy(), rate // 100)
    position = int(rng.integers(0, max(1, min(length - len(piece), rate))))
    once = len(audio) > 0.4 * length or rng.random() < 0.25
    longest_gap = rng.choice([0.05, 0.6, 2.0])
    while position < length:
        end = min(length, position + len(piece))
        out[position:end] += piece[: end - position]
        if once:
            break
        position = end + int(rng.uniform(0.0, longest_gap) * rate)
    return out


def _spectral_gain(bins: int, rate: int, rng: Rng) -> np.ndarray:
    """A smooth random frequency response: a microphone, a wall, a codec."""
    gain_db = np.zeros(bins)
    if rng.random() < 0.5:
        knots = rng.normal(0.0, 4.0, size=8)
        octaves = np.log2(1 + np.arange(bins) / bins * 255)
        gain_db += np.interp(octaves, np.linspace(0, 8, 8), knots)
    frequency = np.linspace(0, rate / 2, bins)
    if rng.random() < 0.25:
        gain_db -= 48 * np.log2(np.maximum(frequency / rng.uniform(3500, 14000), 1.0))
    if rng.random() < 0.3:
        gain_db -= 12 * np.log2(np.maximum(rng.uniform(50, 250) / np.maximum(frequency, 10.0), 1.0))
    return 10 ** (gain_db / 20)


def _room(length: int, rate: int, rng: Rng) -> np.ndarray:
    """An impulse response: the direct sound and an exponentially decaying tail."""
    decay = rng.uniform(0.1, 0.8) * rate
    tail = rng.normal(size=min(length, int(decay))) * 10 ** (-3 * np.arange(min(length, int(decay))) / decay)
    tail *= rng.uniform(0.1, 0.7) / (np.linalg.norm(tail) + 1e-9)
    tail[0] = 1.0
    return tail.astype(np.float32)


def colour(mix: np.ndarray, rate: int, rng: Rng) -> np.ndarray:
    """Random response and reverberation in one pass over the spectrum."""
    reverberant = rng.random() < 0.3
    size = 1 << (len(mix) + (rate if reverberant else 0) - 1).bit_length()
    spectrum = np.fft.rfft(mix, size)
    spectrum *= _spectral_gain(len(spectrum), rate, rng)
    if reverberant:
        spectrum *= np.fft.rfft(_room(rate, rate, rng), size)
    return np.fft.irfft(spectrum, size)[: len(mix)].astype(np.float32)


def noise_floor(length: int, rng: Rng) -> np.ndarray:
    """White or reddened noise of unit RMS."""
    noise = rng.standard_normal(length, dtype=np.float32)
    if rng.random() < 0.7:
        noise = np.add(noise[:-1], noise[1:]) if rng.random() < 0.5 else np.cumsum(noise - noise.mean())
        noise = np.resize(noise - noise.mean(), length)
    return noise / rms(noise)


def render(
    plan: list[Placement], load: Callable[[int], np.ndarray], length: int, rate: int, level_dbfs: float, rng: Rng
) -> np.ndarray:
    """Float32 [length] waveform of a plan, its sounds together at `level_dbfs` RMS, with a noise floor below them."""
    mix = np.zeros(length, dtype=np.float32)
    for placement in plan:
        sound = fill(trim_silence(load(placement.clip)), placement.stop - placement.start, rate, rng)
        active = sound[np.abs(sound) > 1e-4]
        level = rms(active) if len(active) else 1.0
        mix[placement.start : placement.stop] += sound * (10 ** (placement.gain_db / 20) / level)
    mix = colour(mix, rate, rng)
    mix *= 10 ** (level_dbfs / 20) / rms(mix)
    mix += noise_floor(length, rng) * 10 ** (min(rng.uniform(-80, -48), level_dbfs - 10) / 20)
    return np.clip(mix, -1.0, 1.0)
