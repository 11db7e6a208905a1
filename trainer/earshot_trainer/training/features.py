"""What the layers that are not being trained make of a composed set, computed once and kept on disk."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from ..data.mixes import Mixes
from ..files import make_folder, written_whole
from ..model.captioner import Captioner
from ..model.student import Student
from .distributed import rank, wait_for_all

_BATCH = 16


def _kept(path: Path, mixes: Mixes, shape: tuple[int, ...]) -> np.ndarray | None:
    """What an earlier run computed, unless the set has been composed anew since."""
    if not path.exists() or path.stat().st_mtime < (mixes.folder / "log_mel.f16").stat().st_mtime:
        return None
    kept = np.load(path, mmap_mode="r")
    return kept if kept.shape == shape else None


@torch.inference_mode()
def _compute(mixes: Mixes, path: Path, shape: tuple[int, ...], make: Callable[[Tensor], Tensor], device: torch.device) -> None:
    """Write float16 of `shape`, the first dimension the mixes."""
    with written_whole(path) as part:
        made = np.lib.format.open_memmap(part, mode="w+", dtype=np.float16, shape=shape)
        for start in tqdm(range(0, len(mixes), _BATCH), desc=path.stem, unit="batch"):
            indices = np.arange(start, min(start + _BATCH, len(mixes)))
            with torch.autocast(device.type, torch.bfloat16):
                made[indices] = make(mixes.batch(indices).to(device)).float().cpu().numpy().astype(np.float16)
        made.flush()


def _kept_or_computed(
    student: Captioner, mixes: Mixes, path: Path, shape: tuple[int, ...], make: Callable[[Tensor], Tensor]
) -> np.ndarray:
    """What is on disk, or else what the first of all processes computes while the others wait."""
    if rank() == 0 and _kept(path, mixes, shape) is None:
        make_folder(path.parent)
        _compute(mixes, path, shape, make, next(student.parameters()).device)
    wait_for_all()
    return np.load(path, mmap_mode="r")


def frozen_embeddings(student: Captioner, mixes: Mixes, path: Path) -> np.ndarray:
    """The encoder's embeddings, float16 [mixes, M, size]."""
    audio = student.settings.audio
    shape = (len(mixes), audio.window_segments * student.settings.segment_embeddings, student.settings.embedding_size)
    return _kept_or_computed(student, mixes, path, shape, student.eval().encode)


def lower_activations(student: Student, layers: int, mixes: Mixes, path: Path) -> np.ndarray:
    """What the encoder's first `layers` layers make of each segment, float16 [mixes, segments, channels, mel / s, frames / s]."""
    student.eval()

    def begin(log_mel: Tensor) -> Tensor:
        return student.encoder.begin(student.segments(log_mel), layers).unflatten(0, (len(log_mel), -1))

    with torch.inference_mode():
        shape = tuple(begin(mixes.batch(np.arange(1)).to(next(student.parameters()).device)).shape[1:])
    return _kept_or_computed(student, mixes, path, (len(mixes), *shape), begin)
