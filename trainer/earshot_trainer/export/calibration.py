"""Sound on which the encoder's activations are measured before they become int8."""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch

from ..audio.load import UnreadableAudio, load_mono
from ..data.mixes import Mixes
from ..errors import TrainerError
from ..model.captioner import Captioner

_FORMATS = {".wav", ".flac", ".ogg", ".opus", ".mp3"}


def of_mixes(student: Captioner, mixes: Mixes, count: int) -> list[np.ndarray]:
    """One random segment from each of `count` mixes, spread over the whole set; float32 [1, 1, mel_bins, frames] each."""
    rng = np.random.default_rng(0)
    chosen = np.unique(np.linspace(0, len(mixes) - 1, count).astype(int))
    segments = student.segments(mixes.batch(chosen)).unflatten(0, (len(chosen), -1))
    return [windows[rng.integers(len(windows))][None].numpy() for windows in segments]


def of_recordings(student: Captioner, paths: list[Path], count: int) -> list[np.ndarray]:
    """Segments of the recordings in `paths` (files and folders), by turns one window of each until there are `count`."""
    files = [file for path in paths for file in _files_in(path)]
    if not files:
        names = ", ".join(map(str, paths))
        raise TrainerError(f"{names}: hold no recordings", f"Give files of sound, or folders of {', '.join(sorted(_FORMATS))}")
    windows = list(itertools.islice(_by_turns([_windows_of(student, file) for file in files]), count))
    if not windows:
        raise TrainerError(f"{files[0]}: does not decode, nor does any other recording", "Give recordings to calibrate on")
    return _segments(student, windows)


def synthesised(student: Captioner, count: int) -> list[np.ndarray]:
    """Segments of tones, sweeps, noise and clicks at random levels, for want of recordings."""
    audio, rng = student.settings.audio, np.random.default_rng(0)
    t = np.arange(audio.window_samples) / audio.sample_rate
    windows = []
    for _ in range(count):
        low, high = np.exp(rng.uniform(np.log(80), np.log(0.4 * audio.sample_rate), 2))
        sweep = np.sin(2 * np.pi * (low * t + (high - low) * t**2 / (2 * t[-1])))
        noise = np.cumsum(rng.standard_normal(len(t))) % 1 - 0.5 if rng.random() < 0.5 else rng.standard_normal(len(t)) / 4
        clicks = (rng.random(len(t)) < rng.uniform(1, 30) / audio.sample_rate) * 1.0
        gates = [np.sin(2 * np.pi * rng.uniform(0.1, 4) * t) > rng.uniform(-1, 1) for _ in range(3)]
        levels = 10 ** rng.uniform(-2.5, 0, 3)
        windows.append((np.stack([sweep, noise, clicks]) * gates * levels[:, None]).sum(axis=0) / 3)
    return _segments(student, windows)


def _files_in(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.suffix.lower() in _FORMATS) if path.is_dir() else [path]


def _windows_of(student: Captioner, file: Path) -> Iterator[np.ndarray]:
    """Whole windows of a recording, at least one (padded with silence); none where it does not decode."""
    audio = student.settings.audio
    try:
        samples = load_mono(file, audio.sample_rate)
    except UnreadableAudio:
        return
    for start in range(0, max(1, len(samples) - audio.window_samples + 1), audio.window_samples):
        window = samples[start : start + audio.window_samples]
        yield np.pad(window, (0, audio.window_samples - len(window)))


def _by_turns(sources: list[Iterator[np.ndarray]]) -> Iterator[np.ndarray]:
    missing = object()
    for round_ in itertools.zip_longest(*sources, fillvalue=missing):
        yield from (window for window in round_ if window is not missing)


@torch.inference_mode()
def _segments(student: Captioner, windows: Iterable[np.ndarray]) -> list[np.ndarray]:
    """One random segment of each window."""
    history, rng = student.settings.audio.history_samples, np.random.default_rng(0)
    chosen = []
    for window in windows:
        waveform = torch.from_numpy(np.pad(window, (history, 0)).astype(np.float32))[None]
        segments = student.segments(student.log_mel(waveform))
        chosen.append(segments[rng.integers(len(segments))][None].numpy())
    return chosen
