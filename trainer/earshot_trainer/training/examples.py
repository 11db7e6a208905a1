"""Examples of a composed set that a vocabulary can say, in the order of an epoch."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from ..data.mixes import Mixes
from ..errors import TrainerError
from ..tokenizer import PAD, Tokenizer


class Examples:
    """Indices and tokens of the mixes whose captions have no unknown word."""

    def __init__(self, mixes: Mixes, tokenizer: Tokenizer):
        self.mixes = mixes
        captions = [row["caption"] for row in mixes.rows]
        self.indices = np.array([i for i, caption in enumerate(captions) if tokenizer.knows(caption)])
        self._tokens = {int(i): tokenizer.encode(captions[i]) for i in self.indices}

    def require(self, batch: int) -> None:
        """Refuse a set from which not even one batch can be made."""
        if not self.batches(batch):
            known = f"{len(self.indices)} of its {len(self.mixes)} mixes have captions whose words are all known"
            remedy = f"Compose more mixes ({batch} such are one batch), or lower --least-count"
            raise TrainerError(f"{self.mixes.folder}: {known}", remedy)

    def tokens(self, indices: np.ndarray) -> Tensor:
        """Int64 [batch, longest], padded."""
        rows = [self._tokens[int(i)] for i in indices]
        padded = np.full((len(rows), max(map(len, rows))), PAD)
        for row, tokens in zip(padded, rows, strict=True):
            row[: len(tokens)] = tokens
        return torch.from_numpy(padded)

    def epoch(self, seed: int, epoch: int, batch: int) -> Iterator[np.ndarray]:
        """Whole batches of sorted indices; the order depends on the arguments alone, so that a run can resume."""
        order = np.random.default_rng([seed, epoch]).permutation(self.indices)
        for start in range(0, len(order) - batch + 1, batch):
            yield np.sort(order[start : start + batch])

    def batches(self, batch: int) -> int:
        """How many whole batches an epoch has."""
        return len(self.indices) // batch
