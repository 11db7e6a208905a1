import itertools
import zlib

import numpy as np
import pytest

from earshot_trainer.decoding import DecodingSettings, beam_search
from earshot_trainer.tokenizer import END, PAD, START, UNKNOWN

WORDS = 8


def log_probs_after(sequence: tuple[int, ...], seed: int) -> np.ndarray:
    """A made-up language model: reproducible, decided, and with a fair chance to end."""
    scores = np.random.default_rng([seed, zlib.crc32(bytes(sequence))]).normal(0, 2, WORDS)
    scores[END] += seed % 3 - 1
    return scores - np.log(np.exp(scores).sum())


class Steps:
    """A step function that keeps each beam's history by the parents it is told, as a cache would."""

    def __init__(self, seed: int):
        self.seed, self.histories, self.positions = seed, [], []

    def __call__(self, tokens, position, parents):
        kept = [self.histories[parent] for parent in parents] if position else [() for _ in tokens]
        self.histories = [(*history, int(token)) for history, token in zip(kept, tokens, strict=True)]
        self.positions.append(position)
        return np.stack([log_probs_after(history, self.seed) for history in self.histories])


def repeats(said: tuple[int, ...], token: int) -> bool:
    """Whether a token follows itself, or makes a pair that was said before."""
    pairs = list(itertools.pairwise((*said, token)))
    return bool(said) and (said[-1] == token or pairs[-1] in pairs[:-1])


def plain_search(seed: int, beams: int, longest: int, forbid: bool) -> tuple[list[int], float, int, int]:
    """docs/bundle.md "Decoding", sentence by sentence, without a cache; also how many steps, and how many were stored."""
    running: list[tuple[float, tuple[int, ...]]] = [(0.0, (START,))] * beams
    stored: list[tuple[float, tuple[int, ...]]] = []
    for t in range(longest):
        choices = []
        for score, sequence in running[:1] if t == 0 else running:
            for token, log_prob in enumerate(log_probs_after(sequence, seed)):
                never = forbid and (token in (PAD, START, UNKNOWN) or repeats(sequence[1:], token))
                choices.append((score + (-np.inf if never else log_prob), (*sequence, token)))
        running = sorted(choices, key=lambda choice: -choice[0])[:beams]
        for index, (score, sequence) in enumerate(running):
            if sequence[-1] == END or t == longest - 1:
                stored.append((score / (t + 1), sequence[1:]))
                running[index] = (score - 1000, sequence)
        if len(stored) == beams:
            break
    best = max(stored, key=lambda pair: pair[0])
    return list(best[1]), best[0], t + 1, len(stored)


@pytest.mark.parametrize("forbid", [True, False])
@pytest.mark.parametrize("beams", [1, 2, 3, 5])
def test_the_search_is_the_documented_one(beams, forbid):
    overshot = early = 0
    for seed in range(60):
        steps = Steps(seed)
        found = beam_search(steps, DecodingSettings(beam_size=beams, max_tokens=7, forbid_repeats=forbid))
        tokens, score, count, stored = plain_search(seed, beams, 7, forbid)
        assert (found.tokens, found.score) == (tokens, pytest.approx(score)), seed
        assert steps.positions == list(range(count)), seed
        early += count < 7
        overshot += stored > beams
    assert early > 0
    assert overshot > 0 or beams == 1  # more than B were stored, so the search went on to its end: the rule says "exactly"


def test_no_pair_of_words_is_said_twice_no_word_follows_itself_and_no_special_token_is_said():
    for seed in range(60):
        tokens = beam_search(Steps(seed), DecodingSettings(beam_size=3, max_tokens=12)).tokens
        assert not {PAD, START, UNKNOWN} & set(tokens)
        pairs = list(itertools.pairwise(tokens))
        assert all(a != b for a, b in pairs) and len(set(pairs)) == len(pairs)


def test_the_score_is_the_mean_log_probability_of_its_tokens_the_end_included():
    found = beam_search(Steps(5), DecodingSettings())
    sequence = (START, *found.tokens)
    total = sum(log_probs_after(sequence[: i + 1], 5)[token] for i, token in enumerate(found.tokens))
    assert found.score == pytest.approx(total / len(found.tokens))
