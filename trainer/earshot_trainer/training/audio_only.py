"""Batches without captions: from the rest of a set, or from shards of sound alone."""

import argparse

import numpy as np

from ..audio.settings import AudioSettings
from ..data.shards.unlabelled import Unlabelled
from ..errors import TrainerError
from ..tokenizer import Tokenizer
from .batch import Batch
from .distributed import rank, world
from .examples import Material, Order, padded, shortened
from .hearing import Hearing, LogMelHearing
from .phase import Phase
from .sources import Sources


class ShardMaterial:
    """This process's batches of shards that the listen_folder stage wrote."""

    def __init__(self, shards: Unlabelled, tokenizer: Tokenizer):
        self.shards, self.tokenizer = shards, tokenizer

    def at(self, step: int) -> Batch:
        """The batch of a step."""
        heard = self.shards.at(step)
        said = [shortened(self.tokenizer.encode(caption)) for caption in heard.captions or []]
        return Batch(heard.log_mel, pseudo_tokens=padded(said) if said else None, teacher=heard.embeddings)


def audio_only(
    options: argparse.Namespace, sources: Sources, hearing: Hearing, phase: Phase, audio: AudioSettings
) -> tuple[Material | ShardMaterial, Hearing] | None:
    """The clips that the options want used without captions, and how they are heard; None where there are none."""
    if options.audio_only:
        if phase.is_frozen or phase.frozen_layers:
            return None
        shards = Unlabelled(options.audio_only, audio, phase.batch // world(), phase.seed + 1, rank(), world())
        _require_same_teacher(options, sources, shards)
        return ShardMaterial(shards, sources.tokenizer), LogMelHearing(sources.mixes, not options.no_augmentation)
    if options.audio_only_rest:
        first = options.limit or 0
        rest = np.arange(first, min(first + options.audio_only_rest, len(sources.mixes)))
        if len(rest) < phase.batch:
            raise TrainerError(
                f"{options.mixes}: has {len(rest)} clips after the first {first}, and a batch is {phase.batch}",
                "Give a smaller --limit, or a larger set",
            )
        order = Order(rest, phase.seed + 1, phase.batch)
        return Material(hearing, order, None, sources.lessons, sources.tokenizer), hearing
    return None


def _require_same_teacher(options: argparse.Namespace, sources: Sources, shards: Unlabelled) -> None:
    """Both kinds of batches teach through the same head."""
    lessons = sources.lessons
    if not options.encoder_weight or lessons is None:
        return
    remedy = "Let the same teacher make both: give --lessons of it (teach stage), or listen again"
    size = lessons.embeddings.shape[1]
    if shards.embedding_size != size:
        told = f"holds embeddings of {shards.embedding_size} numbers, those of the labelled set have {size}"
        raise TrainerError(f"{options.audio_only}: {told}", remedy)
    if lessons.teacher and lessons.teacher != shards.teacher:
        told = f"holds what {shards.teacher} said, the lessons of the labelled set are by {lessons.teacher}"
        raise TrainerError(f"{options.audio_only}: {told}", remedy)
