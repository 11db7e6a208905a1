"""Composing captioned mixes: a human caption, and recordings of the sounds it mentions, in its order."""

import itertools
from dataclasses import dataclass

import numpy as np

from ..errors import TrainerError
from .captions import CaptionedClip
from .concept_pools import Candidate
from .lexicon import Concept, Mention, find_mentions
from .render import Placement

MOST_MENTIONS = 4
FEWEST_CLIPS = 3
MOST_WORDS = 19


@dataclass(frozen=True)
class Script:
    """A caption that can be composed, with the sounds it mentions and all captions of the same human clip."""

    caption: str
    mentions: tuple[Mention, ...]
    references: tuple[str, ...]
    corpus: str


def write_scripts(clips: list[CaptionedClip], concepts: list[Concept], pools: dict[str, list[Candidate]]) -> list[Script]:
    """Every caption of `clips` whose sounds are all in the pools."""
    scripts = []
    for clip in clips:
        for caption in clip.captions:
            mentions = find_mentions(caption, concepts)
            short = 0 < len(caption.split()) <= MOST_WORDS
            playable = all(len(pools[m.concept]) >= FEWEST_CLIPS for m in mentions)
            if short and playable and 0 < len(mentions) <= MOST_MENTIONS:
                scripts.append(Script(caption, tuple(mentions), clip.captions, clip.corpus))
    return scripts


class ScriptChooser:
    """Draws scripts: human captions with rare sounds favoured, and single sounds with all concepts alike."""

    def __init__(self, scripts: list[Script], concepts: list[Concept], pools: dict[str, list[Candidate]], single_share: float):
        if not scripts:
            raise TrainerError(
                f"no caption can be composed: none mentions only sounds of which there are {FEWEST_CLIPS} clips or more",
                "Give --captions that speak of the sounds in the pool, or more recordings of the sounds they speak of",
            )
        self.scripts = scripts
        self.single_share = single_share
        counts: dict[str, int] = {}
        for script in scripts:
            for mention in script.mentions:
                counts[mention.concept] = counts.get(mention.concept, 0) + 1
        weights = np.array([max(counts[m.concept] ** -0.4 for m in script.mentions) for script in scripts])
        self._weights = np.cumsum(weights / weights.sum())
        singles: dict[str, list[Script]] = {}
        for script in scripts:
            if len(script.mentions) == 1 and len(script.caption.split()) <= 9 and not script.mentions[0].faint:
                singles.setdefault(script.mentions[0].concept, []).append(script)
        self._singles: list[tuple[list[Script], list[Script]]] = []
        for concept in concepts:
            own = [_own_script(concept, text.lower()) for text in concept.captions]
            human = singles.get(concept.name, [])
            if len(pools[concept.name]) >= FEWEST_CLIPS and (own or len(human) >= 5):
                self._singles.append((human, own))

    def draw(self, rng: np.random.Generator) -> Script:
        if self._singles and rng.random() < self.single_share:
            human, own = self._singles[rng.integers(len(self._singles))]
            source = own if own and (len(human) < 5 or rng.random() < 0.5) else human
            return source[rng.integers(len(source))]
        return self.scripts[min(np.searchsorted(self._weights, rng.random()), len(self.scripts) - 1)]


def _own_script(concept: Concept, caption: str) -> Script:
    return Script(caption, (Mention(concept.name, False, 0),), (caption,), "own")


def _spans(segments: int, length: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Consecutive stretches of random length, none below a sixth of an equal share."""
    shares = rng.dirichlet(np.full(segments, 4.0)) * 0.8 + 0.2 / segments
    edges = np.concatenate([[0], np.cumsum(shares)]) * length
    return [(int(a), int(b)) for a, b in itertools.pairwise(edges)]


def _choose(pool: list[Candidate], rng: np.random.Generator) -> int:
    weights = np.array([candidate.weight for candidate in pool])
    return pool[rng.choice(len(pool), p=weights / weights.sum())].index


def draw_level(script: Script, rng: np.random.Generator) -> float:
    """RMS level of a mix in dBFS; a quiet room is quiet."""
    if all(mention.concept == "quiet" for mention in script.mentions):
        return rng.uniform(-62.0, -46.0)
    return rng.uniform(-32.0, -14.0)


def plan_mix(
    script: Script, pools: dict[str, list[Candidate]], length: int, rng: np.random.Generator, extra_share: float = 0.3
) -> list[Placement]:
    """Which clips sound when and how loud; sounds of one segment overlap."""
    spans = _spans(1 + max(mention.segment for mention in script.mentions), length, rng)
    plan = []
    for mention in script.mentions:
        start, stop = spans[mention.segment]
        if len(spans) == 1 and len(script.mentions) > 1 and rng.random() < 0.3:
            start = int(rng.uniform(0, 0.3) * length)
        gain = rng.uniform(-5.0, 3.0) - (8.0 if mention.faint else 0.0)
        plan.append(Placement(_choose(pools[mention.concept], rng), start, stop, gain))
    if rng.random() < extra_share and script.mentions[0].concept != "quiet":
        names = [name for name, pool in pools.items() if len(pool) >= FEWEST_CLIPS]
        quiet = _choose(pools[names[rng.integers(len(names))]], rng)
        plan.append(Placement(quiet, 0, length, rng.uniform(-26.0, -16.0)))
    return plan
