"""Concepts: the sounds people write about, how captions mention them and which clips hold them."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

_NEXT_SEGMENT = re.compile(r"\b(followed by|follows|then|before|after which|and later|afterwards)\b")
_FAINT = re.compile(r"\b(background|distant|distance|faint\w*|far away|muffled|softly|quietly)\b")
_FAINT_REACH = 28
"""Characters around a mention in which a word such as `distant` makes it faint."""


@dataclass(frozen=True)
class Concept:
    """One sound. `captions` are written by us, for sounds that the human corpora hardly mention."""

    name: str
    pattern: str
    label: str
    audioset: tuple[str, ...]
    captions: tuple[str, ...]

    @cached_property
    def mention(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def source_label(self) -> re.Pattern[str]:
        return re.compile(self.label)

    def is_named_in(self, caption: str) -> bool:
        """Whether a normalised caption mentions the sound, or says of it what we say ourselves."""
        return bool(self.mention.search(caption)) or any(own.lower() in caption for own in self.captions)


@dataclass(frozen=True)
class Mention:
    concept: str
    faint: bool
    segment: int
    """0 for what is heard first, 1 for what follows it, and so on."""


def load_concepts() -> list[Concept]:
    """The lexicon that comes with the trainer, specific concepts before general ones."""
    entries = json.loads(files("earshot_trainer.data").joinpath("concepts.json").read_text(encoding="utf-8"))
    return [Concept(e["concept"], e["pattern"], e["label"], tuple(e["audioset"]), tuple(e["captions"])) for e in entries]


def find_mentions(caption: str, concepts: list[Concept]) -> list[Mention]:
    """The sounds a normalised caption mentions, in order; where mentions overlap the earlier concept of the list wins."""
    taken: list[tuple[int, int, str]] = []
    for concept in concepts:
        for match in concept.mention.finditer(caption):
            if all(match.end() <= start or match.start() >= end for start, end, _ in taken):
                taken.append((match.start(), match.end(), concept.name))
    turns = [match.start() for match in _NEXT_SEGMENT.finditer(caption)]
    mentions: dict[tuple[str, int], Mention] = {}
    for start, end, name in sorted(taken):
        segment = sum(turn < start for turn in turns)
        faint = bool(_FAINT.search(caption[max(0, start - _FAINT_REACH) : end + _FAINT_REACH]))
        mentions.setdefault((name, segment), Mention(name, faint, segment))
    first = min((m.segment for m in mentions.values()), default=0)
    return [Mention(m.concept, m.faint, m.segment - first) for m in mentions.values()]
