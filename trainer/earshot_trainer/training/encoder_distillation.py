"""Encoder-level distillation: the student's clip embedding is drawn to the teacher's (arXiv 2407.14329)."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from .distributed import gathered

SHARED_SIZE = 1024
KINDS = ("contrastive", "mse", "mse-raw", "cosine")


def _projection(size: int) -> nn.Linear:
    linear = nn.Linear(size, SHARED_SIZE)
    nn.init.kaiming_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear


class Contrastive(nn.Module):
    """Symmetric cross-entropy over the batch; the other clips of the batch are the negatives.

    The scale is learnable and starts at ln(1 / 0.07). The paper's published code multiplies by it as it is; with
    `exponential` it is taken to the power of e first, as CLIP does.
    """

    def __init__(self, student_size: int, teacher_size: int, exponential: bool = False):
        super().__init__()
        self.student, self.teacher = _projection(student_size), _projection(teacher_size)
        self.scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))
        self.exponential = exponential

    def forward(self, student: Tensor, teacher: Tensor) -> Tensor:
        """Clip embeddings [batch, student size] and [batch, teacher size] to the loss."""
        student = gathered(functional.normalize(self.student(student).float(), dim=-1))
        teacher = gathered(functional.normalize(self.teacher(teacher).float(), dim=-1))
        logits = (self.scale.exp() if self.exponential else self.scale) * student @ teacher.T
        same = torch.arange(len(logits), device=logits.device)
        return (functional.cross_entropy(logits, same) + functional.cross_entropy(logits.T, same)) / 2


class MeanSquare(nn.Module):
    """Mean squared error between both embeddings, projected to one size."""

    def __init__(self, student_size: int, teacher_size: int):
        super().__init__()
        self.student, self.teacher = _projection(student_size), _projection(teacher_size)

    def forward(self, student: Tensor, teacher: Tensor) -> Tensor:
        return functional.mse_loss(self.student(student).float(), self.teacher(teacher).float())


class RawMeanSquare(nn.Module):
    """Mean squared error to the teacher's embedding as it is.

    The student's own embeddings then have the teacher's size (`projected_size`), and its decoder is fed with them.
    """

    def forward(self, student: Tensor, teacher: Tensor) -> Tensor:
        return functional.mse_loss(student.float(), teacher.float())


class Cosine(nn.Module):
    """Cosine distance of embeddings of one size, nothing projected: keeps an encoder near the tagger it began as."""

    def forward(self, student: Tensor, teacher: Tensor) -> Tensor:
        return 1 - functional.cosine_similarity(student.float(), teacher.float()).mean()


def make_encoder_distillation(kind: str, student_size: int, teacher_size: int, exponential: bool = False) -> nn.Module:
    """The loss of one of the `KINDS`."""
    if kind == "contrastive":
        return Contrastive(student_size, teacher_size, exponential)
    if kind == "mse":
        return MeanSquare(student_size, teacher_size)
    return {"mse-raw": RawMeanSquare, "cosine": Cosine}[kind]()
