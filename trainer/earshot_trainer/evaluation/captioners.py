"""What can be scored beside the daemon: a student in fp32, a teacher, and the tagger's labels."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from ..audio.load import load_mono
from ..audio.logmel import LogMel
from ..audio.settings import AudioSettings
from ..data.mixes import Mixes
from ..errors import TrainerError
from ..model.mobilenet import load_tagger
from ..teachers.hearing import heard_by, windows_for
from ..teachers.teacher import Teacher, no_captions
from .sets import Item, holds_log_mel

_BATCH = 16


@torch.inference_mode()
def set_captions(captioner: Teacher, folder: Path, items: list[Item]) -> Iterator[str]:
    """Captions of a set's items in order: of its log-mel where it holds some, else of the first window of each recording."""
    if not captioner.captions:
        raise no_captions(captioner.name, captioner.path)
    heard = heard_by(captioner, Mixes(folder)) if holds_log_mel(folder) else None
    for start in range(0, len(items), _BATCH):
        batch = range(start, min(start + _BATCH, len(items)))
        if heard:
            features = heard(np.array(batch))
        else:
            waves = [windows_for(captioner, folder / items[i].file, [0.0]) for i in batch]
            features = captioner.features(torch.cat(waves))
        yield from captioner.caption(features)


def read_labels(path: Path) -> list[str]:
    """The 527 AudioSet labels in the order of the tagger's outputs."""
    remedy = "Give AudioSet's class_labels_indices.csv"
    try:
        with open(path, newline="", encoding="utf-8") as file:
            names = [row["display_name"] for row in csv.DictReader(file)]
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise TrainerError(f"{path}: cannot be read as a csv with a column display_name ({error})", remedy) from error
    if len(names) != 527:
        raise TrainerError(f"{path}: lists {len(names)} labels where the tagger has 527", remedy)
    return names


@torch.inference_mode()
def tagger_labels(weights: Path, labels: Path, paths: list[Path], best: int) -> Iterator[list[str]]:
    """The `best` AudioSet labels of each recording's own sound (padding left out), best first."""
    tagger, audio = load_tagger(weights), AudioSettings()
    log_mel, names = LogMel(audio), read_labels(labels)
    for path in paths:
        samples = load_mono(path, audio.sample_rate)[: audio.window_samples]
        samples = np.pad(samples, (audio.history_samples, max(0, 32 * audio.hop_length - len(samples))))
        scores = tagger(log_mel(torch.from_numpy(samples)[None])[:, None])[0]
        yield [names[int(index)] for index in scores.topk(best).indices]
