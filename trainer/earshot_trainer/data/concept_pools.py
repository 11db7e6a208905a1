"""Which clips may stand for which concept, and which recordings are kept for validation."""

import hashlib
from dataclasses import dataclass

from .lexicon import Concept
from .pool import Clip

GAME_EFFECTS = (
    "debian/0ad", "debian/megaglest-data", "debian/widelands-data", "debian/lincity-ng-data",
    "debian/unknown-horizons", "debian/torcs-data", "debian/simutrans-pak64", "debian/supertuxkart-data",
)  # fmt: skip
_TAG_ENOUGH, _TAG_ENOUGH_IN_GAMES, _TAG_ENOUGH_AGAINST_LABEL, _TAG_SUPPORTS_LABEL = 0.25, 0.45, 0.4, 0.1
_VALIDATION_SHARE = 0.12


@dataclass(frozen=True)
class Candidate:
    """A clip and how likely it is to be drawn for its concept."""

    index: int
    weight: float


def is_validation(group: str) -> bool:
    """Whether all recordings of a group are kept for validation; depends on the group's name alone."""
    return hashlib.sha256(group.encode()).digest()[0] < 256 * _VALIDATION_SHARE


def spoken_label(clip: Clip) -> str:
    """The label as it can be matched: lower case, without remarks in brackets; empty where it says what is not heard."""
    if clip.label_kind == "audio-only" or clip.label.startswith("not "):
        return ""
    label = clip.label.lower()
    return label if label.startswith("background (") else label.split(" (")[0].split(" — ")[0]


def candidates(clips: list[Clip], concepts: list[Concept], validation: bool) -> dict[str, list[Candidate]]:
    """Pools of one side of the split, by concept."""
    pools: dict[str, list[Candidate]] = {concept.name: [] for concept in concepts}
    for index, clip in enumerate(clips):
        if clip.label_kind == "audio-only" or is_validation(clip.group) != validation:
            continue
        label = spoken_label(clip)
        named = {concept.name for concept in concepts if label and concept.source_label.search(label)}
        game = clip.source.startswith(GAME_EFFECTS)
        for concept in concepts:
            tag = max((clip.tags.get(name, 0.0) for name in concept.audioset), default=0.0)
            if concept.name in named and (not game or tag >= _TAG_SUPPORTS_LABEL):
                pools[concept.name].append(Candidate(index, max(tag, 0.5 if game else 0.8)))
                continue
            enough = _TAG_ENOUGH_IN_GAMES if game else _TAG_ENOUGH
            if tag > (_TAG_ENOUGH_AGAINST_LABEL if named else enough):
                pools[concept.name].append(Candidate(index, tag))
    return pools
