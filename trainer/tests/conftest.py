"""A tiny world for the tests: everything is synthesised, once a session, and made by the stages themselves."""

import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest
import torch
from published_folder import clotho, lively  # noqa: F401
from synthesis import settle, write_captions, write_labels, write_sounds, write_tagger

from earshot_trainer.audio.settings import AudioSettings
from earshot_trainer.data.mixes import Mixes
from earshot_trainer.model.decoder import DecoderSettings
from earshot_trainer.model.student import Student, StudentSettings

torch.set_num_threads(1)

AUDIO = AudioSettings(segment_frames=32, window_segments=2)
"""Windows of 0.64 s in two segments: all that is real but the length."""
FORM = ["--segment-frames", "32", "--window-segments", "2"]


def run(stage: str, *arguments: object) -> None:
    """Run a stage in this process as its command line would, errors raised."""
    before = sys.argv
    sys.argv = [stage, *map(str, arguments)]
    try:
        import_module(f"earshot_trainer.scripts.{stage}").main()
    finally:
        sys.argv = before


@dataclass(frozen=True)
class World:
    """Where everything is; the folders are made by the fixtures that need them."""

    root: Path

    @property
    def sounds(self) -> Path:
        return self.root / "sounds"

    @property
    def train_captions(self) -> Path:
        return self.root / "captions" / "audiocaps-train.csv.gz"

    @property
    def validation_captions(self) -> Path:
        return self.root / "captions" / "captions-validation.csv"

    @property
    def tagger(self) -> Path:
        return self.root / "tagger.pt"

    @property
    def labels(self) -> Path:
        return self.root / "labels.csv"

    @property
    def pool(self) -> Path:
        return self.root / "pool"

    @property
    def mixes(self) -> Path:
        return self.root / "mixes"

    @property
    def validation(self) -> Path:
        return self.root / "validation"

    @property
    def compose(self) -> list[object]:
        """Options of the training set, --out and --workers left out."""
        files = ["--pool", self.pool, "--captions", self.train_captions, "--teacher", self.tagger]
        return [*files, *FORM, "--count", 100, "--seed", 3]


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> World:
    """Recordings, captions and the weights of a tagger that knows nothing."""
    world = World(tmp_path_factory.mktemp("world"))
    write_sounds(world.sounds)
    write_captions(world.root / "captions")
    write_tagger(world.tagger)
    write_labels(world.labels)
    return world


@pytest.fixture(scope="session")
def pooled(world) -> World:
    run("prepare", "--sounds", world.sounds, "--out", world.pool, "--workers", 2)
    return world


@pytest.fixture(scope="session")
def composed(pooled) -> World:
    """A training set of 100 mixes with a teacher, and a validation set of 50 without one."""
    run("compose", *pooled.compose, "--out", pooled.mixes, "--workers", 2)
    kept = ["--pool", pooled.pool, "--captions", pooled.validation_captions, "--validation", *FORM]
    run("compose", *kept, "--single-share", 0, "--count", 50, "--seed", 7, "--out", pooled.validation, "--workers", 1)
    return pooled


def make_student(seed: int, words: int = 40, dropout: float = 0.2, audio: AudioSettings = AUDIO) -> Student:
    """A student with random weights, through which sound still makes a difference."""
    torch.manual_seed(seed)
    student = Student(StudentSettings(DecoderSettings(words, dropout=dropout), audio))
    settle(student.encoder)
    return student


@pytest.fixture(scope="session")
def mixes(composed) -> Mixes:
    return Mixes(composed.mixes)
