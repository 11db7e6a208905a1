"""Reading recordings: any format libsndfile knows, mixed to mono, resampled."""

from pathlib import Path

import numpy as np
import soundfile
import soxr

from ..errors import TrainerError


class UnreadableAudio(TrainerError):
    """A recording that does not decode to sound."""


def load_mono(path: Path, sample_rate: int) -> np.ndarray:
    """Decode `path` to float32 [samples] at `sample_rate` Hz, full scale at 1; raises `UnreadableAudio`."""
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError, RuntimeError) as error:
        raise UnreadableAudio(f"{path}: does not decode ({error})", "Convert it to wav or flac, or leave it out") from error
    mono = samples.mean(axis=1)
    if rate != sample_rate and len(mono):
        mono = soxr.resample(mono, rate, sample_rate, quality="HQ")
    if len(mono) == 0:
        raise UnreadableAudio(f"{path}: holds no samples", "Leave it out, or record it again")
    if not np.isfinite(mono).all():
        raise UnreadableAudio(f"{path}: holds samples that are not numbers", "Convert it again from its source, or leave it out")
    return mono
