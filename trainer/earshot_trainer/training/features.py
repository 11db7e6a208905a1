"""Embeddings of a composed set by an encoder that is not being trained, computed once and kept on disk."""

from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from ..data.mixes import Mixes
from ..files import written_whole
from ..model.student import Student


def _kept(path: Path, mixes: Mixes, shape: tuple[int, ...]) -> np.ndarray | None:
    """What an earlier run computed, unless the set has been composed anew since."""
    if not path.exists() or path.stat().st_mtime < (mixes.folder / "log_mel.f16").stat().st_mtime:
        return None
    kept = np.load(path, mmap_mode="r")
    return kept if kept.shape == shape else None


@torch.inference_mode()
def frozen_embeddings(student: Student, mixes: Mixes, path: Path, batch: int = 16) -> np.ndarray:
    """Float16 [mixes, M, size]; read from `path` where an earlier run has left them."""
    audio = student.settings.audio
    shape = (len(mixes), audio.window_segments * student.settings.segment_embeddings, student.encoder.embedding_size)
    kept = _kept(path, mixes, shape)
    if kept is not None:
        return kept
    student.eval()
    with written_whole(path) as part:
        embeddings = np.lib.format.open_memmap(part, mode="w+", dtype=np.float16, shape=shape)
        for start in tqdm(range(0, len(mixes), batch), desc=f"embedding {path.stem}", unit="batch"):
            indices = np.arange(start, min(start + batch, len(mixes)))
            with torch.autocast("cpu", torch.bfloat16):
                embeddings[indices] = student.encode(mixes.batch(indices)).float().numpy().astype(np.float16)
        embeddings.flush()
    return np.load(path, mmap_mode="r")
