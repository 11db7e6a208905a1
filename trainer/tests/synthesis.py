"""Sound, labels, captions and weights made from nothing, in the layout that the trainer reads."""

import csv
import gzip
import itertools
from pathlib import Path

import numpy as np
import soundfile
import torch
from torch import nn

from earshot_trainer.data.concept_pools import is_validation
from earshot_trainer.model.mobilenet import Tagger

RATE = 32000


def time(seconds: float, rate: int = RATE) -> np.ndarray:
    return np.arange(int(seconds * rate)) / rate


def sine_bursts(seconds: float, hertz: float, rate: int = RATE) -> np.ndarray:
    t = time(seconds, rate)
    return 0.5 * np.sin(2 * np.pi * hertz * t) * (np.sin(2 * np.pi * 4 * t) > 0)


def noise(seconds: float, rng: np.random.Generator, rate: int = RATE) -> np.ndarray:
    return 0.2 * rng.standard_normal(len(time(seconds, rate)))


def clicks(seconds: float, per_second: float, rate: int = RATE) -> np.ndarray:
    out = np.zeros(len(time(seconds, rate)))
    out[:: int(rate / per_second)] = 0.8
    return out


def sweep(seconds: float, low: float, high: float, rate: int = RATE) -> np.ndarray:
    t = time(seconds, rate)
    return 0.4 * np.sin(2 * np.pi * (low * t + (high - low) * t**2 / (2 * seconds)))


def groups(validation: bool):
    """Names of groups that fall on one side of the split."""
    return (name for name in map("recording-{}".format, itertools.count()) if is_validation(name) == validation)


def write_sounds(folder: Path) -> None:
    """Four labels, each with five recordings to train on and four kept for validation; wav and ogg, one of them stereo."""
    rng = np.random.default_rng(5)
    makers = {
        "dog bark": lambda i: sine_bursts(0.7 + 0.05 * i, 300 + 40 * i),
        "frog croak": lambda i: clicks(0.6, 20 + i),
        "rain": lambda i: noise(0.9, rng),
        "siren": lambda i: sweep(0.8, 500 + 20 * i, 900),
    }
    tags = {"dog bark": "Dog=0.80;Bark=0.6", "frog croak": "Frog=0.7", "rain": "Rain=0.9", "siren": "Siren=0.50"}
    train, kept = groups(validation=False), groups(validation=True)
    (folder / "clips").mkdir(parents=True)
    rows = []
    for label, make in makers.items():
        for i in range(9):
            path = f"clips/{label.replace(' ', '-')}-{i}.{'ogg' if i % 2 else 'wav'}"
            samples = make(i)
            soundfile.write(folder / path, np.stack([samples, samples], 1) if i == 2 else samples, RATE)
            group = next(train if i < 5 else kept)
            rows.append({
                "path": path, "source": "synthesised", "label": label, "label_kind": "class", "seconds": len(samples) / RATE,
                "group": group, "licence": "CC0", "tags": tags[label],
            })  # fmt: skip
    with open(folder / "clips.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


CAPTIONS = [
    "A dog barks", "A dog barks loudly", "A frog croaks", "Rain falls", "Rain is falling", "A siren wails",
    "A dog barks followed by a siren", "A siren wails, then a dog barks.", "Rain falls and a frog croaks",
    "A frog croaks before a dog barks", "A dog barks while rain is falling", "A siren wails in the distance as rain falls",
]  # fmt: skip


def write_captions(folder: Path) -> tuple[Path, Path]:
    """The same sentences as AudioCaps (gzipped) to train on and in a person's own layout for validation."""
    folder.mkdir(parents=True)
    train, own = folder / "audiocaps-train.csv.gz", folder / "captions-validation.csv"
    with gzip.open(train, "wt", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["youtube_id", "start_time", "caption"])
        writer.writerows([f"id{i}", 30, caption] for i, caption in enumerate(CAPTIONS))
    with open(own, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["clip", "caption"])
        writer.writerows([f"clip{i // 2}", caption] for i, caption in enumerate(CAPTIONS))
    return train, own


def settle(network: nn.Module, log_mel: torch.Tensor | None = None) -> None:
    """Give random weights the statistics of a batch, so that what goes in still shows in what comes out."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
    with torch.no_grad():
        network.train()(torch.randn(4, 1, 128, 64) if log_mel is None else log_mel)
    for norm in norms:
        norm.momentum = 0.01
    network.eval()


def write_tagger(path: Path) -> None:
    torch.manual_seed(11)
    tagger = Tagger()
    settle(tagger)
    torch.save(tagger.state_dict(), path)


def write_labels(path: Path) -> None:
    names = ["Dog", "Frog", "Rain", "Siren", *(f"Class {i}" for i in range(4, 527))]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["index", "mid", "display_name"])
        writer.writerows([i, f"/m/{i}", name] for i, name in enumerate(names))
