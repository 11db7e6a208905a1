"""What a teacher said of a composed set, read back in the order of the set."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import TrainerError
from .folder import read_manifest, require_origin
from .shard import read_shard

REMEDY = "Run the teach stage on that set with --out that folder, to its end; it goes on where it was interrupted"


@dataclass(frozen=True)
class Lessons:
    """Clip embeddings float32 [N, E] and, where the teacher captions, a caption for each of the N mixes."""

    embeddings: np.ndarray
    captions: list[str] | None
    teacher: str = ""
    """Name and sha256 of the teacher, as `Unlabelled.teacher` has them; empty where it is not known."""


def set_digest(folder: Path) -> str:
    """Tells composed sets apart by their descriptions and captions."""
    digest = hashlib.sha256()
    for name in ("set.json", "captions.jsonl"):
        try:
            digest.update((folder / name).read_bytes())
        except OSError as error:
            told = f"{folder / name}: cannot be read ({error.strerror or error})"
            raise TrainerError(told, "Give the folder of a set that was made to its end") from error
    return digest.hexdigest()


def teacher_of(origin: dict) -> str:
    """Tells teachers apart."""
    return f"{origin['teacher']} {origin['sha256']}"


def read_lessons(folder: Path, of: Path | None = None) -> Lessons:
    """Read all lessons; `of`, the folder of a set, makes sure that they are of that very set."""
    origin, count, paths = read_manifest(folder, REMEDY)
    if of and origin.get("set") != set_digest(of):
        raise TrainerError(f"{folder}: holds lessons on another set than {of}", "Run the teach stage on that set")
    embeddings, captions = [], []
    for path in paths:
        require_origin(path, origin)
        for item in read_shard(path):
            if int(item["__key__"]) != len(embeddings):
                raise TrainerError(f"{path}: holds mix {item['__key__']} where {len(embeddings)} is due", REMEDY)
            embeddings.append(item["embedding.npy"])
            captions.append(item.get("caption.txt"))
    if len(embeddings) != count:
        raise TrainerError(f"{folder}: holds {len(embeddings)} lessons where its manifest counts {count}", REMEDY)
    return Lessons(np.stack(embeddings).astype(np.float32), captions if origin.get("captions") else None, teacher_of(origin))
