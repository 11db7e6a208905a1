"""Embeddings of a composed set by an encoder that is not being trained, computed once and kept on disk."""

from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from ..data.mixes import Mixes
from ..model.student import Student


@torch.inference_mode()
def frozen_embeddings(student: Student, mixes: Mixes, path: Path, batch: int = 16) -> np.ndarray:
    """Float16 [mixes, M, size], read from `path` where it is whole already."""
    if path.exists():
        return np.load(path, mmap_mode="r")
    student.eval()
    parts = []
    for start in tqdm(range(0, len(mixes), batch), desc=f"embedding {path.stem}", unit="batch"):
        log_mel = mixes.batch(np.arange(start, min(start + batch, len(mixes))))
        with torch.autocast("cpu", torch.bfloat16):
            parts.append(student.encode(log_mel).float().numpy().astype(np.float16))
    part = path.with_suffix(".part.npy")
    np.save(part, np.concatenate(parts))
    part.replace(path)
    return np.load(path, mmap_mode="r")
