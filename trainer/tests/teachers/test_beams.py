import math

import numpy as np
import pytest
import torch
from conftest import make_student

from earshot_trainer.captioning import caption_embeddings
from earshot_trainer.decoding import DecodingSettings, beam_search
from earshot_trainer.teachers.beams import batched_beam_search
from earshot_trainer.teachers.captioner import decode_batch

WORDS = 12


def language(seed: int, coarse: bool) -> np.ndarray:
    """Log-probabilities of the next of 12 words after each, by clip, position and last word; coarse ones are often equal."""
    logits = np.random.default_rng(seed).normal(size=(9, 20, WORDS, WORDS)) * 2
    logits = np.round(logits) if coarse else logits
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


SETTINGS = [DecodingSettings(3), DecodingSettings(1), DecodingSettings(3, 5), DecodingSettings(2, 20, False)]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("coarse", [False, True])
def test_a_batch_is_decoded_as_each_clip_alone(settings, coarse):
    says = language(3, coarse)
    clips = np.arange(len(says))

    def step(tokens, position, rows):
        nonlocal clips
        clips = np.repeat(clips, settings.beam_size) if position == 0 else clips[rows.numpy()]
        return torch.from_numpy(says[clips, position, tokens.numpy()])

    together = batched_beam_search(step, len(says), settings)
    alone = [beam_search(lambda tokens, t, _, clip=clip: says[clip, t, tokens], settings) for clip in range(len(says))]
    assert [decoded.tokens for decoded in together] == [decoded.tokens for decoded in alone]
    assert len({len(decoded.tokens) for decoded in alone}) > 2 or settings.max_tokens == 5
    for one, other in zip(together, alone, strict=True):
        assert math.isclose(one.score, other.score, rel_tol=1e-12)


@pytest.mark.parametrize("beams", [1, 3])
def test_a_student_says_the_same_of_many_windows_as_of_one(beams):
    student = make_student(4).eval()
    torch.manual_seed(2)
    embeddings = torch.randn(7, 2, student.encoder.embedding_size) * torch.arange(1, 8)[:, None, None]
    settings = DecodingSettings(beams)
    together = decode_batch(student, embeddings, settings)
    alone = [caption_embeddings(student, one, settings) for one in embeddings]
    assert [decoded.tokens for decoded in together] == [decoded.tokens for decoded in alone]
    assert len({tuple(decoded.tokens) for decoded in alone}) > 1
