"""The segment student: a MobileNetV3 over independent segments, a Transformer decoder over the window.

With wide layers, layers that relate the segments, and the whole window as one segment it is the in-box teacher.
"""

from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path

import torch
from torch import Tensor, nn

from ..audio.logmel import LogMel
from ..audio.settings import AudioSettings
from ..errors import TrainerError
from ..files import written_whole
from .context import ContextLayer
from .decoder import CaptionDecoder, DecoderSettings
from .mobilenet import TAGGER_REMEDY, MobileNetEncoder, encoder_size
from .weights import read_weights, require_fit

_STUDENT_REMEDY = "Give a checkpoint that the train stage wrote, for example student.pt of its run folder"


@dataclass(frozen=True)
class StudentSettings:
    """Everything needed to rebuild a student; stored inside its checkpoint."""

    decoder: DecoderSettings
    audio: AudioSettings = field(default_factory=AudioSettings)
    encoder_width: float = 0.4
    context_layers: int = 0
    """Transformer layers over the window's memory, before the decoder."""
    projected_size: int = 0
    """Size to which the encoder's embeddings are projected before all else (`mse-raw` distillation); 0 for none."""

    @property
    def embedding_size(self) -> int:
        """Of the embeddings that `Student.encode` gives."""
        return self.projected_size or encoder_size(self.encoder_width)

    @property
    def segment_embeddings(self) -> int:
        return -(-self.audio.segment_frames // 32)

    @classmethod
    def from_dict(cls, values: dict) -> "StudentSettings":
        nested = {"decoder": DecoderSettings(**values["decoder"]), "audio": AudioSettings(**values["audio"])}
        return cls(**{**values, **nested})


class Student(nn.Module):
    """Log-mel of windows to next-word logits; an encoder that sees one segment at a time, a decoder that sees the window."""

    def __init__(self, settings: StudentSettings):
        super().__init__()
        self.settings = settings
        self.log_mel = LogMel(settings.audio)
        self.encoder = MobileNetEncoder(settings.encoder_width)
        width = settings.decoder.width
        size = settings.embedding_size
        self.widen = nn.Linear(self.encoder.embedding_size, size) if settings.projected_size else nn.Identity()
        self.project = nn.Sequential(nn.Linear(size, width), nn.ReLU(), nn.Dropout(settings.decoder.dropout), nn.LayerNorm(width))
        memory_length = settings.audio.window_segments * settings.segment_embeddings
        self.memory_positions = nn.Parameter(torch.randn(memory_length, width) * 0.02)
        self.context = nn.ModuleList([ContextLayer(settings.decoder) for _ in range(settings.context_layers)])
        self.decoder = CaptionDecoder(settings.decoder)

    def encode_segment(self, log_mel: Tensor) -> Tensor:
        """Log-mel [batch, 1, mel, context + frames] of one segment to [batch, embeddings, size]."""
        return self.encode_from(log_mel, 0)

    def encode_from(self, activations: Tensor, layer: int) -> Tensor:
        """What the encoder's first `layer` layers have made of segments to [batch, embeddings, size]."""
        return self.widen(self.encoder.finish(activations, layer))[:, -self.settings.segment_embeddings :]

    def segments(self, log_mel: Tensor) -> Tensor:
        """Log-mel [batch, mel, context + frames of a window] to [batch * segments, 1, mel, context + frames]."""
        audio = self.settings.audio
        windows = log_mel.unfold(2, audio.context_frames + audio.segment_frames, audio.segment_frames)
        segments = windows.transpose(1, 2).flatten(0, 1).unsqueeze(1)
        return segments.contiguous(memory_format=torch.channels_last)

    def encode(self, log_mel: Tensor) -> Tensor:
        """Log-mel of whole windows [batch, mel, context + frames] to embeddings [batch, M, size]."""
        return self.encode_segment(self.segments(log_mel)).unflatten(0, (log_mel.shape[0], -1)).flatten(1, 2)

    def clip_embedding(self, embeddings: Tensor) -> Tensor:
        """Embeddings [batch, M, size] to what distillation compares of a clip: [batch, size], or [batch, width] with context."""
        return (self.remember(embeddings) if self.context else embeddings).mean(dim=1)

    @property
    def clip_embedding_size(self) -> int:
        return self.settings.decoder.width if self.context else self.settings.embedding_size

    def remember(self, embeddings: Tensor) -> Tensor:
        """Embeddings [batch, M, size] to the decoder's memory [batch, M, width]."""
        memory = self.project(embeddings) + self.memory_positions
        for layer in self.context:
            memory = layer(memory)
        return memory

    def forward(self, embeddings: Tensor, tokens: Tensor) -> Tensor:
        """Embeddings [batch, M, size] and tokens [batch, length] to logits [batch, length, vocabulary]."""
        return self.decoder(tokens, self.remember(embeddings))


def load_tagger_weights(student: Student, path: Path) -> None:
    """Start the encoder from an EfficientAT tagger of the same width."""
    weights = read_weights(path, TAGGER_REMEDY)
    features = {key.removeprefix("features."): value for key, value in weights.items() if key.startswith("features.")}
    require_fit(path, features, student.encoder.features.state_dict(), TAGGER_REMEDY)
    student.encoder.features.load_state_dict(features)


def save_student(path: Path, student: Student, words: list[str], **extra: object) -> None:
    """Write a checkpoint that rebuilds itself; where that fails (a full disk), the one that was at `path` stays."""
    content = {"settings": asdict(student.settings), "weights": student.state_dict(), "words": words, **extra}
    whole = BytesIO()  # written to a file by itself, torch tells a full disk as an inner mistake of its own
    torch.save(content, whole)
    with written_whole(path) as part:
        part.write_bytes(whole.getbuffer())


def load_student(path: Path) -> tuple[Student, list[str], dict]:
    """Read a checkpoint: the student in eval mode, its words, and everything else that was saved."""
    checkpoint = read_weights(path, _STUDENT_REMEDY)
    missing = [key for key in ("settings", "weights", "words") if key not in checkpoint]
    if missing:
        raise TrainerError(f"{path}: is no checkpoint of a student (it has no {missing[0]})", _STUDENT_REMEDY)
    student = Student(StudentSettings.from_dict(checkpoint.pop("settings")))
    student.load_state_dict(checkpoint.pop("weights"))
    return student.eval(), checkpoint.pop("words"), checkpoint
