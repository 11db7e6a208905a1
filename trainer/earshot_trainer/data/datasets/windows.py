"""Windows of a recording: where they begin, and their samples at any rate, so that two models hear the same span."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...audio.load import load_mono
from ...audio.settings import AudioSettings

GRID = 0.01
"""Windows begin on multiples of this many seconds, a whole number of samples at all usual rates."""
SHORTEST_REST = 1.0
"""Seconds at the end of a recording that are worth a window of their own."""


@dataclass(frozen=True)
class Cuts:
    """How recordings are cut: one window after the other from the beginning, or at random."""

    random: bool
    most: int
    """Windows of a recording, at most."""
    seed: int

    def starts(self, seconds: float, window: float, number: int) -> list[float]:
        """Where the windows of recording `number` begin, in seconds, ascending; one at 0 where it is no longer than a window."""
        if seconds <= window:
            return [0.0]
        if not self.random:
            count = max(1, 1 + int((seconds - SHORTEST_REST) // window))
            return [round(i * window, 2) for i in range(min(count, self.most))]
        return sorted(self.drawn(seconds, window, number, min(self.most, int(np.ceil(seconds / window)))))

    def drawn(self, seconds: float, window: float, number: int, count: int) -> list[float]:
        """Where `count` windows of recording `number` begin that are drawn at random; at 0 where it is no longer than one."""
        rng = np.random.default_rng([self.seed, number])
        places = rng.integers(0, max(0, int((seconds - window) / GRID)) + 1, count)
        return [round(int(place) * GRID, 2) for place in places]


def window_at(samples: np.ndarray, rate: int, start: float, history: int, length: int) -> np.ndarray:
    """Float32 [history + length] of a recording [samples] from `start` seconds; silence outside of it."""
    first = round(start * rate) - history
    window = np.zeros(history + length, dtype=np.float32)
    heard = samples[max(0, first) : first + history + length]
    window[max(0, -first) : max(0, -first) + len(heard)] = heard
    return window


def load_windows(
    path: Path, audio: AudioSettings, cuts: Cuts, number: int, count: int | None = None
) -> tuple[list[float], np.ndarray]:
    """Where a recording's windows begin (seconds), and their samples [windows, history + window]; raises UnreadableAudio.

    They are cut as `cuts` says, or, where a `count` is given, that many are drawn.
    """
    samples = load_mono(path, audio.sample_rate)
    seconds, window = len(samples) / audio.sample_rate, audio.window_samples / audio.sample_rate
    starts = cuts.drawn(seconds, window, number, count) if count else cuts.starts(seconds, window, number)
    shape = audio.sample_rate, audio.history_samples, audio.window_samples
    return starts, np.stack([window_at(samples, shape[0], start, *shape[1:]) for start in starts])
