"""What can be scored beside the daemon: the student in fp32, and the tagger's labels."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..audio.load import load_mono
from ..audio.logmel import LogMel
from ..audio.settings import AudioSettings
from ..captioning import caption_embeddings
from ..decoding import DecodingSettings
from ..errors import TrainerError
from ..model.mobilenet import load_tagger
from ..model.student import load_student
from ..tokenizer import Tokenizer


def first_window(path: Path, audio: AudioSettings) -> Tensor:
    """Waveform [1, history + window] of a file's first window: zeros before it, zeros after its end."""
    samples = load_mono(path, audio.sample_rate)[: audio.window_samples]
    padded = np.zeros(audio.history_samples + audio.window_samples, dtype=np.float32)
    padded[audio.history_samples : audio.history_samples + len(samples)] = samples
    return torch.from_numpy(padded)[None]


@torch.inference_mode()
def student_captions(checkpoint: Path, paths: list[Path], decoding: DecodingSettings) -> Iterator[str]:
    """Captions of the first windows by the fp32 student in PyTorch."""
    student, words, _ = load_student(checkpoint)
    tokenizer = Tokenizer(words)
    for path in paths:
        log_mel = student.log_mel(first_window(path, student.settings.audio))
        yield tokenizer.decode(caption_embeddings(student, student.encode(log_mel)[0], decoding).tokens)


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
