"""Beam search with the stopping rule of the paper's published code; `docs/bundle.md` states it in words."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .tokenizer import END, PAD, START, UNKNOWN

FINISHED_PENALTY = 1000.0


@dataclass(frozen=True)
class DecodingSettings:
    beam_size: int = 1
    max_tokens: int = 20
    forbid_repeats: bool = True


PAPER = DecodingSettings(beam_size=3, max_tokens=20, forbid_repeats=False)
"""How the paper's students are decoded."""


@dataclass(frozen=True)
class Decoded:
    """Best sequence: tokens without start (end included when reached) and mean log-probability."""

    tokens: list[int]
    score: float


Step = Callable[[np.ndarray, int, np.ndarray], np.ndarray]
"""(last tokens [B], position, beams they continue [B]) to log-probabilities [B, V]."""


def tokens_to_avoid(sequence: list[int]) -> list[int]:
    """The last token, and all that have followed it before, so that no pair of words is said twice."""
    return [*sequence[-1:], *(after for before, after in itertools.pairwise(sequence) if before == sequence[-1])]


def beam_search(step: Step, settings: DecodingSettings) -> Decoded:
    beams = settings.beam_size
    tokens = np.full(beams, START)
    parents = np.arange(beams)
    scores = np.zeros(beams)
    sequences: list[list[int]] = [[] for _ in range(beams)]
    done: list[Decoded] = []
    for t in range(settings.max_tokens):
        log_probs = np.array(step(tokens, t, parents), dtype=np.float64)
        if settings.forbid_repeats:
            log_probs[:, [PAD, START, UNKNOWN]] = -np.inf
            for row, sequence in zip(log_probs, sequences, strict=True):
                row[tokens_to_avoid(sequence)] = -np.inf
        total = scores[:1, None] + log_probs[:1] if t == 0 else scores[:, None] + log_probs
        best = np.argsort(-total, axis=None, kind="stable")[:beams]
        parents, tokens = np.unravel_index(best, total.shape)
        scores = total.ravel()[best]
        sequences = [[*sequences[parent], int(token)] for parent, token in zip(parents, tokens, strict=True)]
        for beam in range(beams):
            if tokens[beam] == END or t == settings.max_tokens - 1:
                done.append(Decoded(sequences[beam], float(scores[beam] / (t + 1))))
                scores[beam] -= FINISHED_PENALTY
        if len(done) == beams:
            break
    return max(done, key=lambda decoded: decoded.score)
