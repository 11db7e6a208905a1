"""Scores of captions: against human references, and how often a single sound is named."""

import re

from ..data.captions import normalise
from ..data.lexicon import Concept
from .metrics import Pairs, offline_metrics, pair
from .sets import Item


def pair_mixes(items: list[Item], captions: dict[str, str]) -> Pairs:
    """The references and the captions of the items that have human references."""
    return pair(captions, {item.file: item.references for item in items if item.kind == "mix"})


def score_mixes(items: list[Item], captions: dict[str, str]) -> dict[str, float]:
    """BLEU, ROUGE-L and CIDEr-D over the items with human references, on normalised words; needs two of them or more."""
    pairs = pair_mixes(items, captions)
    count = {"mixes": len(pairs[0])}
    return count | (offline_metrics(pairs) if len(pairs[0]) > 1 else {})


def names_sound(caption: str, item: Item, concepts: dict[str, Concept]) -> bool:
    """Whether a caption mentions one of the item's concepts."""
    return any(concepts[name].is_named_in(normalise(caption)) for name in item.concepts)


def score_single_sounds(items: list[Item], captions: dict[str, str], concepts: dict[str, Concept]) -> dict[str, float]:
    """Share of single real sounds that are named, over clips and over labels (each label counts once)."""
    named: dict[str, list[bool]] = {}
    for item in items:
        if item.kind == "single":
            named.setdefault(item.label, []).append(names_sound(captions[item.file], item, concepts))
    hits = [hit for label_hits in named.values() for hit in label_hits]
    by_label = [sum(label_hits) / len(label_hits) for label_hits in named.values()]
    return {
        "sounds": len(named), "clips": len(hits),
        "named": round(sum(hits) / max(1, len(hits)), 4), "named_mean_of_sounds": round(sum(by_label) / max(1, len(by_label)), 4),
    }  # fmt: skip


def labels_name_sound(labels: list[str], item: Item, concepts: dict[str, Concept]) -> bool:
    """Whether one of some AudioSet labels means one of the item's concepts, by the lexicon's list or by its words."""
    return any(
        label in concepts[name].audioset or re.search(concepts[name].pattern, label.lower())
        for name in item.concepts
        for label in labels
    )
