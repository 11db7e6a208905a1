"""Decoder-level distillation: what a captioning teacher thinks of each next word of a caption."""

import torch
from torch import Tensor

from ..model.student import Student


class TokenTeacher:
    """A teacher whose decoder runs beside the student's; no module, so that no optimiser or checkpoint takes it for its own."""

    def __init__(self, teacher: Student):
        self.teacher = teacher.eval().requires_grad_(False)

    @torch.no_grad()
    def logits(self, frames: Tensor, tokens: Tensor) -> Tensor:
        """The teacher's embeddings [batch, M, size] and tokens [batch, length] to its logits [batch, length, V]."""
        return self.teacher.to(tokens.device)(frames, tokens)
