"""The same windows of log-mel, seen as the segments of another model."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from ..audio.logmel import silence_level
from ..audio.settings import AudioSettings
from ..errors import TrainerError

_SEGMENTATION = ("segment_frames", "context_frames", "window_segments")


def differences(stored: AudioSettings, wanted: AudioSettings) -> list[str]:
    """What keeps log-mel of one form from being seen as another: the front end, or the windows' length."""
    mine, others = stored.as_dict(), wanted.as_dict()
    front_end = [key for key in mine if key not in _SEGMENTATION]
    told = [f"{key} {mine[key]} instead of {others[key]}" for key in front_end if mine[key] != others[key]]
    frames, asked = (audio.segment_frames * audio.window_segments for audio in (stored, wanted))
    return told + ([f"windows of {frames} frames instead of {asked}"] if frames != asked else [])


def refit(stored: AudioSettings, wanted: AudioSettings, folder: Path, of: str) -> Callable[[Tensor], Tensor]:
    """How to make log-mel [B, mel, context + frames] as `wanted` has it; context that is missing is silence.

    `of` names whose settings are wanted, for the error where they differ in more than how a window is cut.
    """
    differing = differences(stored, wanted)
    if differing:
        raise TrainerError(
            f"{folder}: was made with other audio settings than those of {of} ({', '.join(differing)})",
            "Make both with the same front end and the same length of window",
        )
    missing = wanted.context_frames - stored.context_frames
    if missing <= 0:
        return lambda log_mel: log_mel[..., -missing:]
    return lambda log_mel: torch.nn.functional.pad(log_mel, (missing, 0), value=silence_level(stored))
