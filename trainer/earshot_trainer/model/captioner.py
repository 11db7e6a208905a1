"""What every captioning model offers to training, captioning and export, and how a checkpoint finds its model."""

from pathlib import Path
from typing import Protocol

from torch import Tensor, nn

from ..audio.settings import AudioSettings
from ..errors import TrainerError
from .decoder import CaptionDecoder, DecoderSettings
from .effb2_trm import EffB2Trm, EffB2TrmSettings
from .student import Student, StudentSettings
from .weights import read_weights

_REMEDY = "Give a checkpoint that the train stage or import_checkpoint wrote, for example student.pt of a run folder"


class CaptionerSettings(Protocol):
    """Shapes of a captioner; a dataclass, stored inside its checkpoint as a dictionary."""

    @property
    def decoder(self) -> DecoderSettings: ...
    @property
    def audio(self) -> AudioSettings: ...
    @property
    def segment_embeddings(self) -> int:
        """Embeddings that the encoder gives of one segment."""

    @property
    def embedding_size(self) -> int: ...


class Captioner(Protocol):
    """A `torch.nn.Module` that is both shapes below: an encoder of segments, and a decoder that reads a window's memory."""

    settings: CaptionerSettings
    log_mel: nn.Module
    """Waveform [batch, history + window samples] to log-mel [batch, mel, context + frames]."""
    encoder: nn.Module
    decoder: CaptionDecoder

    @property
    def clip_embedding_size(self) -> int: ...

    def segments(self, log_mel: Tensor) -> Tensor:
        """Log-mel of windows [batch, mel, context + frames] to [batch * segments, 1, mel, context + segment frames]."""

    def encode_segment(self, log_mel: Tensor) -> Tensor:
        """Log-mel [batch, 1, mel, context + segment frames] to [batch, segment embeddings, size]."""

    def encode(self, log_mel: Tensor) -> Tensor:
        """Log-mel of windows [batch, mel, context + frames] to embeddings [batch, M, size]."""

    def clip_embedding(self, embeddings: Tensor) -> Tensor:
        """Embeddings [batch, M, size] to what encoder distillation compares of a clip [batch, clip_embedding_size]."""

    def remember(self, embeddings: Tensor) -> Tensor:
        """Embeddings [batch, M, size] to the decoder's memory [batch, M, width]."""

    def __call__(self, embeddings: Tensor, tokens: Tensor) -> Tensor:
        """Embeddings [batch, M, size] and tokens [batch, length] to logits [batch, length, vocabulary]."""

    def eval(self) -> "Captioner": ...
    def state_dict(self) -> dict[str, Tensor]: ...


def build_captioner(settings: dict) -> Student | EffB2Trm:
    """A model of the architecture and dimensions that a checkpoint's settings name, with random weights."""
    if settings.get("architecture") == "effb2-trm":
        return EffB2Trm(EffB2TrmSettings.from_dict(settings))
    return Student(StudentSettings.from_dict(settings))


def load_captioner(path: Path) -> tuple[Student | EffB2Trm, list[str], dict]:
    """Read a checkpoint: the captioner in eval mode, its words, and everything else that was saved."""
    checkpoint = read_weights(path, _REMEDY)
    missing = [key for key in ("settings", "weights", "words") if key not in checkpoint]
    if missing:
        raise TrainerError(f"{path}: is no checkpoint of a captioner (it has no {missing[0]})", _REMEDY)
    captioner = build_captioner(checkpoint.pop("settings"))
    captioner.load_state_dict(checkpoint.pop("weights"))
    return captioner.eval(), checkpoint.pop("words"), checkpoint
