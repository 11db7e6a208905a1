"""What one training step is given."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """Sounds with what is known of them; what is not known, or not asked for, is None."""

    sound: Tensor
    """Log-mel [batch, mel, frames], or what the student's `Hearing` keeps instead."""
    tokens: Tensor | None = None
    """Human captions, int64 [batch, longest], padded."""
    pseudo_tokens: Tensor | None = None
    """The teacher's captions in the student's words, int64 [batch, longest], padded."""
    teacher: Tensor | None = None
    """The teacher's clip embeddings, float32 [batch, size]."""
    teacher_frames: Tensor | None = None
    """The embeddings that the teacher's decoder attends to, float32 [batch, M, size]."""

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        return Batch(*(value if value is None else value.to(device) for value in vars(self).values()))
