"""The paper's student (arXiv 2407.14329): an EfficientNet-B2 over the whole window, a Transformer decoder of 2 layers."""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from ..audio.logmel import LogMel
from ..audio.settings import PAPER_AUDIO, AudioSettings
from ..errors import TrainerError
from .decoder import CaptionDecoder, DecoderSettings
from .efficientnet import EfficientNetEncoder
from .weights import read_weights, require_fit

_EFFICIENTLATENT_REMEDY = "Give effb2.pt of EfficientLatent's release v0.0.1, from which the published students start too"
_FRAMES_A_STEP = 32


@dataclass(frozen=True)
class EffB2TrmSettings:
    """Everything needed to rebuild a student; stored inside its checkpoint."""

    decoder: DecoderSettings
    audio: AudioSettings = PAPER_AUDIO
    architecture: str = field(default="effb2-trm", init=False)

    def __post_init__(self) -> None:
        if self.audio.window_segments != 1 or self.audio.context_frames:
            raise TrainerError("effb2-trm: sees a window as one segment", "Give it window_segments 1 and context_frames 0")
        if self.segment_embeddings < 1:
            found = f"effb2-trm: {self.audio.segment_frames} frames make no whole step"
            raise TrainerError(found, f"Give it windows of {_FRAMES_A_STEP} frames or more")

    @property
    def embedding_size(self) -> int:
        return EfficientNetEncoder.embedding_size

    @property
    def segment_embeddings(self) -> int:
        """Steps that lie wholly within the frames: the encoder's last one (32 of 32 for 10 s) is not attended to."""
        return self.audio.segment_frames // _FRAMES_A_STEP

    @classmethod
    def from_dict(cls, values: dict) -> "EffB2TrmSettings":
        return cls(DecoderSettings(**values["decoder"]), AudioSettings(**values["audio"]))


def sinusoids(length: int, width: int) -> Tensor:
    """Position codes of arXiv 1706.03762: sines in even columns, cosines in odd ones; float32 [length, width]."""
    rates = 10000.0 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    angles = torch.arange(length, dtype=torch.float64)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1).float()


class ConstantPositionDecoder(CaptionDecoder):
    """The decoder with positions that are not trained, and dropout on the embedding before it is scaled, as in the paper.

    A new student has sinusoids. The published ones have noise of some hundredths instead, since the authors' code draws
    the whole decoder anew after it has written them: an import takes the table that its checkpoint holds.
    """

    def __init__(self, settings: DecoderSettings):
        super().__init__(settings)
        del self.positions
        self.register_buffer("positions", sinusoids(settings.cache_length, settings.width))

    def embed(self, tokens: Tensor, positions: Tensor) -> Tensor:
        return self.dropout(self.dropout(self.embedding(tokens)) * self.settings.width**0.5 + positions)


class EffB2Trm(nn.Module):
    """Log-mel of windows to next-word logits; the interface is that of `Captioner`."""

    def __init__(self, settings: EffB2TrmSettings):
        super().__init__()
        self.settings = settings
        self.log_mel = LogMel(settings.audio)
        self.encoder = EfficientNetEncoder()
        width = settings.decoder.width
        self.project = nn.Sequential(
            nn.Linear(settings.embedding_size, width), nn.ReLU(), nn.Dropout(settings.decoder.dropout), nn.LayerNorm(width)
        )
        nn.init.xavier_uniform_(self.project[0].weight)
        self.decoder = ConstantPositionDecoder(settings.decoder)

    def encode_segment(self, log_mel: Tensor) -> Tensor:
        """Log-mel [batch, 1, mel, frames] to [batch, frames // 32, 1408]."""
        return self.encoder(log_mel)[:, : log_mel.shape[-1] // _FRAMES_A_STEP]

    def segments(self, log_mel: Tensor) -> Tensor:
        """Log-mel [batch, mel, frames] to the encoder's input [batch, 1, mel, frames]."""
        return log_mel.unsqueeze(1).contiguous(memory_format=torch.channels_last)

    def encode(self, log_mel: Tensor) -> Tensor:
        """Log-mel of whole windows [batch, mel, frames] to embeddings [batch, frames // 32, 1408]."""
        return self.encode_segment(self.segments(log_mel))

    def clip_embedding(self, embeddings: Tensor) -> Tensor:
        """Embeddings [batch, M, 1408] to their mean [batch, 1408], which distillation compares and the decoder never sees."""
        return embeddings.mean(dim=1)

    @property
    def clip_embedding_size(self) -> int:
        return self.settings.embedding_size

    def remember(self, embeddings: Tensor) -> Tensor:
        """Embeddings [batch, M, 1408] to the decoder's memory [batch, M, width]."""
        return self.project(embeddings)

    def forward(self, embeddings: Tensor, tokens: Tensor) -> Tensor:
        """Embeddings [batch, M, 1408] and tokens [batch, length] to logits [batch, length, vocabulary]."""
        return self.decoder(tokens, self.remember(embeddings))


def load_efficientlatent(model: EffB2Trm, path: Path) -> None:
    """Start the encoder from EfficientLatent's effb2.pt; its front end, which ours computes anew, is left out."""
    weights = read_weights(path, _EFFICIENTLATENT_REMEDY)
    kept = {key: value for key, value in weights.items() if not key.startswith("front_end")}
    require_fit(path, kept, model.encoder.state_dict(), _EFFICIENTLATENT_REMEDY)
    model.encoder.load_state_dict(kept)
