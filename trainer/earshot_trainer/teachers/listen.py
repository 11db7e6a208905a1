"""Student and teacher listen to recordings together; what both need later is kept in shards."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..audio.load import UnreadableAudio
from ..audio.logmel import LogMel
from ..audio.settings import AudioSettings
from ..data.datasets.recording import DataSet
from ..data.datasets.windows import Cuts, load_windows
from ..data.shards.folder import write_shards
from ..errors import TrainerError
from .hearing import require_same_span, windows_for
from .teach import lessons_of, teacher_origin
from .teacher import Teacher

_TOGETHER = 16
"""Recordings of which the teacher hears the windows in one batch or more."""
_BATCH = 32


class Listener:
    """The items of recordings: log-mel as the student hears it, embedding and caption of the teacher."""

    def __init__(self, sounds: DataSet, teacher: Teacher, audio: AudioSettings, cuts: Cuts, precision: str):
        require_same_span(teacher, audio)
        self.sounds, self.teacher, self.audio, self.cuts, self.precision = sounds, teacher, audio, cuts, precision
        self._log_mel = LogMel(audio)
        self._order = np.random.default_rng(cuts.seed).permutation(len(sounds.recordings))

    def origin(self) -> dict:
        """What tells these shards from others."""
        listed = hashlib.sha256("\n".join(recording.file for recording in self.sounds.recordings).encode())
        own = {"audio": self.audio.as_dict(), "cuts": asdict(self.cuts), "sounds": listed.hexdigest()}
        return teacher_origin(self.teacher, self.precision) | own

    def items(self, numbers: range) -> Iterator[list[dict[str, Any]] | TrainerError]:
        """Those of some places in the seeded order, a list a recording."""
        rest = iter(numbers)
        while batch := list(islice(rest, _TOGETHER)):
            heard = [self._hear(int(self._order[number])) for number in batch]
            waves = [one[1] for one in heard if not isinstance(one, TrainerError)]
            said = self._lessons(torch.cat(waves)) if waves else iter(())
            for number, one in zip(batch, heard, strict=True):
                if isinstance(one, TrainerError):
                    yield one
                else:
                    yield [{"__key__": f"{number:09d}-{i:03d}", **item, **next(said)} for i, item in enumerate(one[0])]

    def _hear(self, index: int) -> tuple[list[dict[str, Any]], torch.Tensor] | TrainerError:
        """The student's part of a recording's items, and the waveforms of the same spans for the teacher."""
        recording = self.sounds.recordings[index]
        path = self.sounds.folder / recording.file
        try:
            starts, waves = load_windows(path, self.audio, self.cuts, index)
            for_teacher = windows_for(self.teacher, path, starts)
        except UnreadableAudio as error:
            return error
        log_mel = self._log_mel(torch.from_numpy(waves)).numpy().astype(np.float16)
        source = [{"file": recording.file, "start": start, "captions": recording.captions} for start in starts]
        return [{"log_mel.npy": mel, "source.json": about} for mel, about in zip(log_mel, source, strict=True)], for_teacher

    def _lessons(self, waves: torch.Tensor) -> Iterator[dict[str, Any]]:
        for batch in waves.split(_BATCH):
            yield from lessons_of(self.teacher, self.teacher.features(batch), self.precision)


def listen(listener: Listener, out: Path, per_shard: int) -> int:
    """Write the shards of all recordings; returns how many of them an earlier run had left."""
    count = len(listener.sounds.recordings)
    return write_shards(out, listener.origin(), count, per_shard, listener.items, "listening")
