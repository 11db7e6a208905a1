"""Losses of a student: next word, and closeness of its encoder to a teacher's."""

import torch
from torch import Tensor
from torch.nn import functional

from ..tokenizer import PAD


def next_word_loss(logits: Tensor, tokens: Tensor, smoothing: float = 0.1) -> Tensor:
    """Cross-entropy of logits [batch, length, V] for tokens [batch, length + 1], mean over words; start is not predicted."""
    return functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), ignore_index=PAD, label_smoothing=smoothing)


def embedding_loss(embeddings: Tensor, teacher: Tensor) -> Tensor:
    """Cosine distance of the clip embedding, the mean over M of [batch, M, size], to the teacher's [batch, size]."""
    return 1 - functional.cosine_similarity(embeddings.mean(dim=1), teacher).mean()


def mask_stripes(log_mel: Tensor, stripes: int, mel_width: int, time_width: int, value: float) -> Tensor:
    """SpecAugment (arXiv 1904.08779) on [batch, mel, frames]: stripes of random width up to the given ones, in place."""
    batch, mels, frames = log_mel.shape
    for width, size, dim in [(mel_width, mels, 1), (time_width, frames, 2)]:
        for _ in range(stripes):
            length = torch.rand(batch, 1) * width
            start = torch.rand(batch, 1) * (size - length)
            position = torch.arange(size)[None]
            hidden = (position >= start) & (position < start + length)
            log_mel.masked_fill_(hidden.unsqueeze(2 if dim == 1 else 1), value)
    return log_mel
