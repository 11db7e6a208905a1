"""How a student hears a set while it is trained: whole from log-mel, or from what its unchanging layers made before."""

from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ..audio.logmel import silence_level
from ..data.mixes import Mixes
from ..model.student import Student
from .spec_augment import mask_stripes


class Hearing(Protocol):
    """From the indices of a set to a student's embeddings, in two steps: the first may run on another process's data."""

    def load(self, indices: np.ndarray) -> Tensor: ...

    def embed(self, student: Student, sound: Tensor) -> Tensor:
        """What `load` gave to embeddings [batch, M, size], with augmentation in training mode."""
        ...


class LogMelHearing:
    """The encoder is run, and all of it may be trained."""

    def __init__(self, mixes: Mixes, augment: bool = True):
        self.mixes, self.augment = mixes, augment
        self.silence = silence_level(mixes.audio)

    def load(self, indices: np.ndarray) -> Tensor:
        return self.mixes.batch(indices)

    def embed(self, student: Student, sound: Tensor) -> Tensor:
        if student.training and self.augment:
            sound = mask_stripes(sound, 2, 12, 60, self.silence)
        return student.encode(sound)


class ActivationHearing:
    """The encoder's first layers are done once for all (`features.lower_activations`); those after them are trained."""

    def __init__(self, activations: np.ndarray, layer: int):
        self.activations, self.layer = activations, layer

    def load(self, indices: np.ndarray) -> Tensor:
        return torch.from_numpy(self.activations[indices].astype(np.float32))

    def embed(self, student: Student, sound: Tensor) -> Tensor:
        segments = sound.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        return student.encode_from(segments, self.layer).unflatten(0, sound.shape[:2]).flatten(1, 2)


class EmbeddingHearing:
    """The whole encoder is done once for all; noise stands in for augmentation."""

    def __init__(self, embeddings: np.ndarray, noise: float = 0.1):
        self.embeddings, self.noise = embeddings, noise

    def load(self, indices: np.ndarray) -> Tensor:
        return torch.from_numpy(self.embeddings[indices].astype(np.float32))

    def embed(self, student: Student, sound: Tensor) -> Tensor:
        return sound + self.noise * torch.randn_like(sound) * sound.std() if student.training else sound
