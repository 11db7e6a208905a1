"""Examples of a composed set in an order that depends on seed and step alone, so that a run can resume anywhere."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from ..data.mixes import Mixes
from ..data.shards.lessons import Lessons
from ..errors import TrainerError
from ..tokenizer import END, PAD, Tokenizer
from .batch import Batch
from .distributed import share_of
from .hearing import Hearing

LONGEST = 22
"""Tokens of a caption that are learned, start and end among them: 20 words, as in the paper."""


def shortened(tokens: list[int]) -> list[int]:
    """At most `LONGEST` tokens, with the end where it was cut."""
    return tokens if len(tokens) <= LONGEST else [*tokens[: LONGEST - 1], END]


def padded(rows: Sequence[list[int]]) -> Tensor:
    """Token lists to int64 [batch, longest]."""
    tokens = np.full((len(rows), max(map(len, rows))), PAD)
    for row, values in zip(tokens, rows, strict=True):
        row[: len(values)] = values
    return torch.from_numpy(tokens)


class Order:
    """Whole batches of `indices`, drawn anew each epoch."""

    def __init__(self, indices: np.ndarray, seed: int, batch: int):
        self.indices, self.seed, self.batch = indices, seed, batch
        self._epoch, self._drawn = -1, indices

    @property
    def batches(self) -> int:
        """How many whole batches an epoch has."""
        return len(self.indices) // self.batch

    def at(self, step: int) -> np.ndarray:
        """The sorted indices of a step's batch."""
        epoch, position = divmod(step, self.batches)
        if epoch != self._epoch:
            self._drawn = np.random.default_rng([self.seed, epoch]).permutation(self.indices)
            self._epoch = epoch
        return np.sort(self._drawn[position * self.batch : (position + 1) * self.batch])


class Examples:
    """A set's mixes with their captions, those alone whose words are all known."""

    def __init__(self, mixes: Mixes, tokenizer: Tokenizer, among: range | None = None):
        self.mixes = mixes
        among = among or range(len(mixes))
        captions = {i: mixes.rows[i]["caption"] for i in among}
        self.indices = np.array([i for i, caption in captions.items() if tokenizer.knows(caption)])
        self._tokens = {int(i): shortened(tokenizer.encode(captions[i])) for i in self.indices}

    def require(self, batch: int) -> None:
        """Refuse a set from which not even one batch can be made."""
        if len(self.indices) < batch:
            known = f"{len(self.indices)} of its {len(self.mixes)} mixes have captions whose words are all known"
            remedy = f"Compose more mixes ({batch} such are one batch), or lower --least-count"
            raise TrainerError(f"{self.mixes.folder}: {known}", remedy)

    def tokens(self, indices: np.ndarray) -> Tensor:
        """Int64 [batch, longest], padded."""
        return padded([self._tokens[int(i)] for i in indices])

    def whole_batches(self, batch: int) -> Iterator[np.ndarray]:
        """The set in its own order, in whole batches."""
        for start in range(0, len(self.indices) - batch + 1, batch):
            yield self.indices[start : start + batch]


class Material:
    """Batches of a set as this process shall see them: sound, captions (where `examples` are given) and lessons."""

    def __init__(
        self, hearing: Hearing, order: Order, examples: Examples | None, lessons: Lessons | None, tokenizer: Tokenizer,
        teacher_frames: np.ndarray | None = None,
    ):  # fmt: skip
        self.hearing, self.order, self.examples, self.lessons = hearing, order, examples, lessons
        self.teacher_frames = teacher_frames
        captions = lessons.captions if lessons is not None else None
        self._pseudo = [shortened(tokenizer.encode(caption)) for caption in captions] if captions is not None else None

    def at(self, step: int) -> Batch:
        """The batch of a step."""
        indices = share_of(self.order.at(step))
        return Batch(
            sound=self.hearing.load(indices),
            tokens=self.examples.tokens(indices) if self.examples else None,
            pseudo_tokens=padded([self._pseudo[int(i)] for i in indices]) if self._pseudo else None,
            teacher=torch.from_numpy(self.lessons.embeddings[indices]) if self.lessons is not None else None,
            teacher_frames=torch.from_numpy(self.teacher_frames[indices].astype(np.float32))
            if self.teacher_frames is not None
            else None,
        )
