"""Any captioner that this trainer has trained, as a teacher of another."""

from pathlib import Path

import torch
from torch import Tensor

from ..decoding import Decoded, DecodingSettings
from ..model.captioner import Captioner, load_captioner
from ..tokenizer import Tokenizer
from .beams import Step, batched_beam_search
from .teacher import Lesson

BEAM_3 = DecodingSettings(beam_size=3)


def decoding_step(student: Captioner, embeddings: Tensor, beams: int) -> Step:
    """The step of a batched search over the captions of embeddings [B, M, size], with keys and values kept."""
    decoder, shape = student.decoder, student.settings.decoder
    cross = tuple(kept.repeat_interleave(beams, 1) for kept in decoder.cross_keys_values(student.remember(embeddings)))
    rows = len(embeddings) * beams
    device = embeddings.device
    cache = torch.zeros(2, shape.layers, rows, shape.heads, 0, shape.width // shape.heads, device=device)

    def step(tokens: Tensor, position: int, continued: Tensor) -> Tensor:
        nonlocal cache, cross
        if len(continued) < cross[0].shape[1]:
            cross = tuple(kept[:, continued] for kept in cross)  # beams of a clip have the same, so any of them will do
        if position:
            cache = cache[:, :, continued]
        log_probs, keys, values = decoder.step(tokens, torch.tensor([position], device=device), cache[0], cache[1], *cross)
        cache = torch.cat([cache, torch.stack([keys, values])], 4)
        return log_probs

    return step


@torch.no_grad()  # in inference mode, autocast would round the same weights to bfloat16 again at every step
def decode_batch(student: Captioner, embeddings: Tensor, settings: DecodingSettings) -> list[Decoded]:
    """Captions of many windows' embeddings [B, M, size], the same as `caption_embeddings` gives one by one."""
    step = decoding_step(student, embeddings, settings.beam_size)
    return batched_beam_search(step, len(embeddings), settings, embeddings.device)


class CaptionerTeacher:
    """A checkpoint of the train stage, or one that was imported."""

    captions = True

    def __init__(self, path: Path, decoding: DecodingSettings = BEAM_3, device: str = "cpu"):
        self.name, self.path, self.device, self._decoding = "captioner", path, device, decoding
        student, words, _ = load_captioner(path)
        self._student = student.to(device)
        self._tokenizer = Tokenizer(words)
        self.audio = self._student.settings.audio
        self.sample_rate = self.audio.sample_rate
        self.window_samples, self.history_samples = self.audio.window_samples, self.audio.history_samples
        self.embedding_size = self._student.clip_embedding_size

    @torch.no_grad()
    def features(self, waveform: Tensor) -> Tensor:
        return self._student.log_mel(waveform.to(self.device))

    @torch.no_grad()
    def embed(self, features: Tensor) -> tuple[Tensor, Tensor]:
        frames = self._student.encode(features.to(self.device)).float()
        return self._student.clip_embedding(frames), frames

    def caption(self, features: Tensor) -> list[str]:
        return self.lesson(features).captions or []

    @torch.no_grad()
    def lesson(self, features: Tensor) -> Lesson:
        clips, frames = self.embed(features)
        said = decode_batch(self._student, frames, self._decoding)
        return Lesson(clips, [self._tokenizer.decode(decoded.tokens) for decoded in said])
