"""The EfficientAT tagger mn04_as as a teacher: it embeds, and has no words."""

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from ..audio.logmel import LogMel
from ..audio.settings import AudioSettings
from ..model.mobilenet import load_tagger
from .teacher import Lesson, no_captions


class TaggerTeacher:
    """Embeddings of mn04_as over windows of any length, each seen as one; those of `window` in samples."""

    captions = False

    def __init__(self, path: Path, window: AudioSettings, device: str = "cpu"):
        self.name, self.path, self.device = "tagger", path, device
        frames = window.segment_frames * window.window_segments
        self.audio = replace(AudioSettings(), segment_frames=frames, window_segments=1)
        self.sample_rate = self.audio.sample_rate
        self.window_samples, self.history_samples = self.audio.window_samples, self.audio.history_samples
        self._log_mel, self._tagger = LogMel(self.audio).to(device), load_tagger(path).to(device)
        self.embedding_size = self._tagger.classifier[2].in_features

    @torch.inference_mode()
    def features(self, waveform: Tensor) -> Tensor:
        return self._log_mel(waveform.to(self.device))

    @torch.inference_mode()
    def embed(self, features: Tensor) -> tuple[Tensor, Tensor]:
        seen = self._tagger.features(features.to(self.device)[:, None].contiguous(memory_format=torch.channels_last)).float()
        return seen.mean(dim=(2, 3)), seen.mean(dim=2).transpose(1, 2)

    def caption(self, features: Tensor) -> list[str]:
        raise no_captions(self.name, self.path)

    def lesson(self, features: Tensor) -> Lesson:
        return Lesson(self.embed(features)[0], None)
