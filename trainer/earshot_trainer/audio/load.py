"""Reading recordings: any format libsndfile knows, mixed to mono, resampled."""

from pathlib import Path

import numpy as np
import soundfile
import soxr


class UnreadableAudio(Exception):
    """A recording that does not decode; the message names the file and the remedy."""


def load_mono(path: Path, sample_rate: int) -> np.ndarray:
    """Decode `path` to float32 [samples] in [-1, 1] at `sample_rate` Hz."""
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError, RuntimeError) as error:
        raise UnreadableAudio(f"{path}: does not decode ({error}); convert it to wav or flac, or leave it out") from error
    if len(samples) == 0:
        raise UnreadableAudio(f"{path}: holds no samples; leave it out")
    mono = samples.mean(axis=1)
    return mono if rate == sample_rate else soxr.resample(mono, rate, sample_rate, quality="HQ")
