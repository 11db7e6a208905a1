"""The sum that a student is trained on: L = L_sup + L_seq + L_enc, and what else is weighed in."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..model.student import Student
from .batch import Batch
from .hearing import Hearing
from .losses import next_word_loss, token_loss
from .token_teacher import TokenTeacher


@dataclass(frozen=True)
class Weights:
    """What each loss counts for; a loss of weight 0 is not computed."""

    supervised: float = 1.0
    sequence: float = 0.0
    encoder: float = 0.0
    token: float = 0.0
    audio_only: float = 1.0
    """Of a batch without captions, on top of its losses' own weights."""


class Objective(nn.Module):
    """A student and the heads that only its training needs; its parameters are all that is trained."""

    def __init__(
        self, student: Student, hearing: Hearing, weights: Weights, encoder_loss: nn.Module | None = None,
        token_teacher: TokenTeacher | None = None, audio_only_hearing: Hearing | None = None,
        precision: torch.dtype | None = None, smoothing: float = 0.1,
    ):  # fmt: skip
        super().__init__()
        self.student, self.encoder_loss = student, encoder_loss
        self.hearing, self.audio_only_hearing = hearing, audio_only_hearing or hearing
        self.weights, self.token_teacher, self.precision, self.smoothing = weights, token_teacher, precision, smoothing

    def forward(self, labelled: Batch, audio_only: Batch | None = None) -> dict[str, Tensor]:
        """The weighted losses by name; their sum is what is descended."""
        with torch.autocast(labelled.sound.device.type, self.precision, enabled=self.precision is not None):
            terms = self._terms(self.hearing, labelled)
            if audio_only is not None:
                for name, value in self._terms(self.audio_only_hearing, audio_only).items():
                    terms[f"audio-only {name}"] = self.weights.audio_only * value
        return terms

    def _terms(self, hearing: Hearing, batch: Batch) -> dict[str, Tensor]:
        student, weights, terms = self.student, self.weights, {}
        embeddings = hearing.embed(student, batch.sound).float()
        if batch.tokens is not None and (weights.supervised or weights.token):
            logits = student(embeddings, batch.tokens[:, :-1])
            if weights.supervised:
                terms["supervised"] = weights.supervised * next_word_loss(logits, batch.tokens, self.smoothing)
            if weights.token and self.token_teacher is not None:
                taught = self.token_teacher.logits(batch.teacher_frames, batch.tokens[:, :-1])
                terms["token"] = weights.token * token_loss(logits, taught, batch.tokens)
        if weights.sequence and batch.pseudo_tokens is not None:
            logits = student(embeddings, batch.pseudo_tokens[:, :-1])
            terms["sequence"] = weights.sequence * next_word_loss(logits, batch.pseudo_tokens, self.smoothing)
        if weights.encoder and self.encoder_loss is not None:
            terms["encoder"] = weights.encoder * self.encoder_loss(student.clip_embedding(embeddings), batch.teacher)
        return terms

    @torch.no_grad()
    def validation_loss(self, batch: Batch) -> float:
        """Next-word loss of human captions, nothing else."""
        with torch.autocast(batch.sound.device.type, self.precision, enabled=self.precision is not None):
            logits = self.student(self.hearing.embed(self.student, batch.sound).float(), batch.tokens[:, :-1])
        return float(next_word_loss(logits, batch.tokens, self.smoothing))
