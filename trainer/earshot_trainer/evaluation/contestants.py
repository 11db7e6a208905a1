"""Captioners as they are compared in cost: each as it runs in earnest, but for exactly 20 tokens a caption."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ..decoding import DecodingSettings
from ..model.captioner import Captioner, load_captioner
from ..model.decoder import DecoderSettings
from ..model.effb2_trm import EffB2Trm, EffB2TrmSettings
from ..model.student import Student, StudentSettings
from ..teachers.beams import Step, batched_beam_search
from ..teachers.captioner import decoding_step
from ..teachers.htsat_bart_model import WINDOW_SAMPLES, HtsatBart, HtsatBartShape
from ..tokenizer import END

TOKENS = 20
_PAPERS_WORDS = 4981
"""Vocabulary of the published students, AudioCaps."""
_WORDS = 4000


@dataclass(frozen=True)
class Contestant:
    """A captioner of one window of 10 s."""

    name: str
    how: str
    model: nn.Module
    sound: Tensor
    """Waveform [1, samples] at its own rate."""
    encode: Callable[[Tensor], Tensor]
    """Waveform to the embeddings that its text side reads."""
    put_into_words: Callable[[Tensor], object]
    """Those embeddings to 20 tokens."""

    def caption(self, sound: Tensor) -> object:
        return self.put_into_words(self.encode(sound))


def _never_ending(step: Step) -> Step:
    """The same step for a caption that does not end by itself: every contestant shall say as much."""

    def wrapped(tokens: Tensor, position: int, rows: Tensor) -> Tensor:
        log_probs = step(tokens, position, rows).clone()
        log_probs[:, END] = -torch.inf
        return log_probs

    return wrapped


def contestant(name: str, model: Captioner, decoding: DecodingSettings) -> Contestant:
    """A captioner of this trainer."""
    audio, beams = model.settings.audio, decoding.beam_size
    model.eval()

    def put_into_words(embeddings: Tensor) -> object:
        return batched_beam_search(_never_ending(decoding_step(model, embeddings, beams)), 1, decoding)

    how = "greedy" if beams == 1 else f"beam {beams}"
    sound = 0.1 * torch.randn(1, audio.history_samples + audio.window_samples)
    return Contestant(name, how, model, sound, lambda sound: model.encode(model.log_mel(sound)), put_into_words)


def htsat_bart() -> Contestant:
    """The paper's teacher with random weights."""
    model = HtsatBart(HtsatBartShape()).eval()

    def put_into_words(frames: Tensor) -> object:
        return model.generate(frames, max_length=TOKENS + 1, min_length=TOKENS + 1)  # the start counts here

    sound = 0.1 * torch.randn(1, WINDOW_SAMPLES)
    return Contestant("HTSAT-BART", "beam 3", model, sound, lambda sound: model.embed(model.log_mel(sound))[1], put_into_words)


def effb2_trm() -> Contestant:
    """The paper's student with random weights, decoded as in the paper."""
    model = EffB2Trm(EffB2TrmSettings(DecoderSettings(_PAPERS_WORDS)))
    return contestant("effb2-trm", model, DecodingSettings(3, TOKENS, forbid_repeats=False))


def default_student(checkpoint: Path | None) -> Contestant:
    """The student of the default bundle as the daemon decodes; with random weights where no checkpoint is given."""
    model = load_captioner(checkpoint)[0] if checkpoint else Student(StudentSettings(DecoderSettings(_WORDS)))
    return contestant("default student", model, DecodingSettings(1, TOKENS))


def other(name: str, checkpoint: Path) -> Contestant:
    """Any further checkpoint, with beam 3."""
    return contestant(name, load_captioner(checkpoint)[0], DecodingSettings(3, TOKENS))
