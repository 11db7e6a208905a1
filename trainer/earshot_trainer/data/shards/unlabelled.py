"""Sound without human captions, read back in batches whose order depends on seed and step alone."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...audio.settings import AudioSettings
from ...errors import TrainerError
from ..refit import refit
from .folder import read_manifest, require_origin
from .lessons import teacher_of
from .shard import read_shard

REMEDY = "Run the listen_folder stage with --out that folder, to its end; it goes on where it was interrupted"


@dataclass(frozen=True)
class UnlabelledBatch:
    """Log-mel float32 [B, mel, context + frames], the teacher's clip embeddings float32 [B, E], its captions if it has any."""

    log_mel: Tensor
    embeddings: Tensor
    captions: list[str] | None


class Unlabelled:
    """One process's share of the shards: shard `rank` of every `world`.

    Each epoch takes the shards in another order, and the windows of a shard in another order; one shard is held in memory
    at a time (two, where a batch spans them). A window past the last whole batch waits for the next epoch.
    """

    def __init__(self, folder: Path, audio: AudioSettings, batch: int, seed: int, rank: int = 0, world: int = 1):
        origin, _, paths = read_manifest(folder, REMEDY)
        if "audio" not in origin:
            raise TrainerError(f"{folder}: holds no log-mel", REMEDY)
        self._fit = refit(AudioSettings(**origin["audio"]), audio, folder, "the student")
        counts = np.array([require_origin(path, origin)["items"] for path in paths])
        if len(paths) < world:
            remedy = f"Run {len(paths)} processes at most, or listen again with a smaller --per-shard"
            raise TrainerError(f"{folder}: holds {len(paths)} shards, which {world} processes cannot share", remedy)
        self._paths, self._counts = paths[rank::world], counts[rank::world]
        self.batch, self.seed, self.captions, self.teacher = batch, seed, bool(origin["captions"]), teacher_of(origin)
        self.embedding_size = self._embedding_size()
        if not self.batches:
            told = f"{folder}: holds {self._counts.sum()} windows for process {rank} of {world}"
            raise TrainerError(told, f"Listen to more recordings: a batch is {batch}")
        self._epoch, self._order = -1, np.zeros((0, 2), dtype=np.int64)
        self._shard = lru_cache(maxsize=2)(self._read)

    @property
    def batches(self) -> int:
        """Whole batches of an epoch."""
        return int(self._counts.sum()) // self.batch

    def at(self, step: int) -> UnlabelledBatch:
        """The batch of a step, counted from 0 through all epochs; ascending steps are read fastest."""
        epoch, position = divmod(step, self.batches)
        if epoch != self._epoch:
            self._epoch, self._order = epoch, self._draw(epoch)
        chosen = self._order[position * self.batch : (position + 1) * self.batch]
        items = [self._shard(int(shard))[int(item)] for shard, item in chosen]
        return UnlabelledBatch(
            self._fit(torch.from_numpy(np.stack([item["log_mel.npy"] for item in items]).astype(np.float32))),
            torch.from_numpy(np.stack([item["embedding.npy"] for item in items])),
            [item["caption.txt"] for item in items] if self.captions else None,
        )

    def _draw(self, epoch: int) -> np.ndarray:
        """The order of an epoch: int64 [windows, 2] of shard and place within it."""
        rng = np.random.default_rng([self.seed, epoch])
        places = [(shard, rng.permutation(self._counts[shard])) for shard in rng.permutation(len(self._paths))]
        return np.concatenate([np.stack([np.full(len(items), shard), items], 1) for shard, items in places])

    def _read(self, shard: int) -> list[dict]:
        return list(read_shard(self._paths[shard]))

    def _embedding_size(self) -> int:
        first = next((path for path, count in zip(self._paths, self._counts, strict=True) if count), None)
        return len(next(read_shard(first))["embedding.npy"]) if first else 0
