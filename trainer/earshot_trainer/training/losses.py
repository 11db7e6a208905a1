"""Losses of words: the next word of a caption, and the teacher's distribution over it."""

import torch
from torch import Tensor
from torch.nn import functional

from ..tokenizer import PAD
from .distributed import mean_of_all


def next_word_loss(logits: Tensor, tokens: Tensor, smoothing: float = 0.1) -> Tensor:
    """Cross-entropy of logits [batch, length, V] for tokens [batch, length + 1], mean over words; start is not predicted."""
    words = tokens[:, 1:]
    total = functional.cross_entropy(
        logits.float().flatten(0, 1), words.flatten(), ignore_index=PAD, label_smoothing=smoothing, reduction="sum"
    )
    return mean_of_all(total, (words != PAD).sum())


def token_loss(logits: Tensor, teacher_logits: Tensor, tokens: Tensor, temperature: float = 1.0) -> Tensor:
    """Divergence of the student's next-word distribution from the teacher's, both [batch, length, V]; mean over words."""
    known = tokens[:, 1:] != PAD
    student = functional.log_softmax(logits[known].float() / temperature, dim=-1)
    teacher = functional.log_softmax(teacher_logits[known].float() / temperature, dim=-1)
    total = functional.kl_div(student, teacher, reduction="sum", log_target=True) * temperature**2
    return mean_of_all(total, known.sum())


def is_finite(values: dict[str, Tensor]) -> bool:
    return all(bool(torch.isfinite(value)) for value in values.values())
