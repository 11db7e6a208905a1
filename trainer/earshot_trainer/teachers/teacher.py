"""What every teacher can do, whatever it is made of."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from torch import Tensor

from ..audio.settings import AudioSettings
from ..errors import TrainerError


@dataclass(frozen=True)
class Lesson:
    """What a teacher says of a batch: clip embeddings float32 [B, E], and a caption each where it captions."""

    embeddings: Tensor
    captions: list[str] | None


class Teacher(Protocol):
    """A model that is asked and never trained; every method runs without gradients.

    It takes tensors from wherever they are, and returns them on its `device`.
    """

    name: str
    path: Path
    """Its checkpoint: two teachers are the same where name and the checkpoint's sha256 are."""
    device: str
    audio: AudioSettings | None
    """The log-mel it hears, or None where its features are something else and only waveforms can be given."""
    sample_rate: int
    window_samples: int
    history_samples: int
    """Samples before the window that `features` needs in front of it."""
    embedding_size: int
    captions: bool
    """Whether it captions at all."""

    def features(self, waveform: Tensor) -> Tensor:
        """Waveform float32 [B, history + window] at `sample_rate` to what `embed` and `caption` take."""

    def embed(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Features to clip embeddings [B, E] and frame embeddings [B, T, E]."""

    def caption(self, features: Tensor) -> list[str]:
        """One caption a clip by beam search with 3 beams; raises TrainerError where the teacher has no words."""

    def lesson(self, features: Tensor) -> Lesson:
        """Embedding and caption of each clip, hearing it once."""


def no_captions(name: str, path: Path) -> TrainerError:
    """The error of a teacher that is asked for captions and has none."""
    return TrainerError(
        f"{path}: the teacher {name} embeds sound and has no words for it",
        "Give a teacher that captions: captioner:PATH (a checkpoint of this trainer) or htsat-bart:PATH",
    )
