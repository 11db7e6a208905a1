"""How a teacher hears what a student hears: the same spans of the same sound, each in its own form."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..audio.load import load_mono
from ..audio.settings import AudioSettings
from ..data.datasets.windows import window_at
from ..data.mixes import Mixes
from ..data.refit import differences, refit
from ..errors import TrainerError
from .teacher import Teacher


def require_same_span(teacher: Teacher, audio: AudioSettings) -> None:
    """Refuse a teacher whose windows are longer or shorter than the student's, by more than two hundredths of a second."""
    mine, its = audio.window_samples / audio.sample_rate, teacher.window_samples / teacher.sample_rate
    if abs(mine - its) > 0.02:
        raise TrainerError(
            f"{teacher.path}: the teacher {teacher.name} hears windows of {its:g} s, the student of {mine:g} s",
            "Give a teacher of the same window, so that both hear the same span",
        )


def windows_for(teacher: Teacher, path: Path, starts: list[float]) -> Tensor:
    """A recording's windows from `starts` (seconds) as waveforms [windows, history + window] at the teacher's rate."""
    samples = load_mono(path, teacher.sample_rate)
    shape = teacher.history_samples, teacher.window_samples
    return torch.from_numpy(np.stack([window_at(samples, teacher.sample_rate, start, *shape) for start in starts]))


def heard_by(teacher: Teacher, mixes: Mixes) -> Callable[[np.ndarray], Tensor]:
    """How to get the teacher's features of some mixes: from their log-mel where it fits, else from the recordings.

    Composed mixes have no recordings, so that only a teacher with the set's own front end can hear them.
    """
    if teacher.audio and (mixes.recordings is None or not differences(mixes.audio, teacher.audio)):
        fit = refit(mixes.audio, teacher.audio, mixes.folder, str(teacher.path))
        return lambda indices: fit(mixes.batch(indices))
    if mixes.recordings is None:
        raise TrainerError(
            f"{mixes.folder}: holds log-mel of mixes that are no recordings, and the teacher {teacher.name} hears waveforms",
            "Give a set of the prepare_dataset stage, or another teacher",
        )
    require_same_span(teacher, mixes.audio)
    folder, rows = mixes.recordings, mixes.rows

    def from_recordings(indices: np.ndarray) -> Tensor:
        waves = [windows_for(teacher, folder / rows[int(i)]["file"], [rows[int(i)]["start"]]) for i in indices]
        return teacher.features(torch.cat(waves))

    return from_recordings
