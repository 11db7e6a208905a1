"""A teacher goes through a set, once; what it says is kept in shards."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..data.mixes import Mixes
from ..data.shards.folder import write_shards
from ..data.shards.lessons import set_digest
from .hearing import heard_by
from .teacher import Teacher

_BATCH = 32


def teacher_origin(teacher: Teacher, precision: str) -> dict:
    """What shards remember of a teacher: another name, checkpoint or precision says other things."""
    with open(teacher.path, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {"teacher": teacher.name, "sha256": sha256, "captions": teacher.captions, "precision": precision}


def lessons_of(teacher: Teacher, features: Tensor, precision: str) -> Iterator[dict[str, Any]]:
    """What the teacher says of a batch of features, an item a clip."""
    with torch.autocast(torch.device(teacher.device).type, torch.bfloat16, enabled=precision == "bf16"):
        lesson = teacher.lesson(features)
    for number, embedding in enumerate(lesson.embeddings.float().cpu().numpy()):
        yield {"embedding.npy": embedding} | ({"caption.txt": lesson.captions[number]} if lesson.captions else {})


def teach(mixes: Mixes, teacher: Teacher, out: Path, precision: str, per_shard: int, limit: int | None = None) -> int:
    """Write the teacher's lessons on every mix, or the first `limit`; returns how many shards an earlier run had left."""
    heard, origin = heard_by(teacher, mixes), teacher_origin(teacher, precision)
    origin["set"] = set_digest(mixes.folder)

    def make(numbers: range) -> Iterator[list[dict[str, Any]]]:
        for start in range(numbers.start, numbers.stop, _BATCH):
            batch = range(start, min(start + _BATCH, numbers.stop))
            for number, item in zip(batch, lessons_of(teacher, heard(np.array(batch)), precision), strict=True):
                yield [{"__key__": f"{number:09d}", **item}]

    return write_shards(out, origin, min(limit or len(mixes), len(mixes)), per_shard, make, "teaching")
