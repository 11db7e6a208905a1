"""Stage 3: train a student (or a teacher, which is a larger one) on captions, a teacher's lessons and sound without captions."""

import argparse
import os
from pathlib import Path

import torch

from ..files import make_folder, write_json
from ..model.captioner import Captioner
from ..model.student import save_student
from ..training.audio_only import audio_only
from ..training.curves import plot_curves
from ..training.distributed import processes, rank, require_divisible, wait_for_all
from ..training.encoder_distillation import make_encoder_distillation
from ..training.examples import Material, Order
from ..training.features import frozen_embeddings, lower_activations
from ..training.hearing import ActivationHearing, EmbeddingHearing, Hearing, LogMelHearing
from ..training.loop import VALIDATION_BATCH, run_phase, validate
from ..training.make_student import make_student
from ..training.objective import Objective, Weights
from ..training.options import parse_options
from ..training.phase import Phase
from ..training.sources import Sources, read_sources
from .stage import run_stage


def make_phases(options: argparse.Namespace) -> list[Phase]:
    common = {
        "batch": options.batch, "seed": options.seed, "last_factor": options.last_factor, "weight_decay": options.weight_decay,
        "decoupled": not options.adam, "log_epochs": options.log_epochs,
    }  # fmt: skip
    frozen = Phase("frozen", options.frozen_epochs, rate=options.frozen_rate, encoder_rate=0, **common)
    whole = Phase(
        "end-to-end", options.epochs, rate=options.rate, encoder_rate=options.encoder_rate,
        frozen_layers=options.frozen_layers, average_epochs=options.average_epochs,
        train_batch_norm=options.train_batch_norm, **common,
    )  # fmt: skip
    return [phase for phase in (frozen, whole) if phase.epochs]


def hearings(options: argparse.Namespace, sources: Sources, student: Captioner, phase: Phase) -> tuple[Hearing, Hearing]:
    """How the training and the validation set are heard in a phase."""
    sets, cache = {"training": sources.mixes, "validation": sources.held_out}, options.cache or options.out
    if phase.is_frozen:
        return tuple(
            EmbeddingHearing(frozen_embeddings(student, mixes, cache / f"embeddings-{name}.npy")) for name, mixes in sets.items()
        )
    if layers := phase.frozen_layers:
        return tuple(
            ActivationHearing(lower_activations(student, layers, mixes, cache / f"activations-{layers}-{name}.npy"), layers)
            for name, mixes in sets.items()
        )
    return tuple(LogMelHearing(mixes, not options.no_augmentation) for mixes in sets.values())


def make_weights(options: argparse.Namespace, sources: Sources, phase: Phase) -> Weights:
    encoder = 0 if phase.is_frozen or sources.lessons is None else options.encoder_weight
    return Weights(options.supervised_weight, options.sequence_weight, encoder, options.token_weight, options.audio_only_weight)


def train_phase(options: argparse.Namespace, sources: Sources, student: Captioner, phase: Phase) -> None:
    """Run one phase; the student is changed in place."""
    seen, unseen = hearings(options, sources, student, phase)
    weights, distillation = make_weights(options, sources, phase), None
    if weights.encoder:
        sizes = student.clip_embedding_size, sources.lessons.embeddings.shape[1]
        distillation = make_encoder_distillation(options.encoder_loss, *sizes, options.exponential_scale)
    how = {
        "precision": torch.bfloat16 if options.precision == "bf16" else None,
        "smoothing": options.label_smoothing,
    }
    rest, rest_hearing = audio_only(options, sources, seen, phase, student.settings.audio) or (None, None)
    objective = Objective(student, seen, weights, distillation, sources.token_teacher, rest_hearing, **how)
    objective.to(device_of(options))
    check = Objective(student, unseen, weights, **how)
    order = Order(sources.examples.indices, phase.seed, phase.batch)
    labelled = Material(seen, order, sources.examples, sources.lessons, sources.tokenizer, sources.teacher_frames)
    also = {"weights": str(weights), "encoder_loss": options.encoder_loss}
    run_phase(objective, sources.words, phase, labelled, rest, lambda: validate(check, sources.validation), options.out, also)


def device_of(options: argparse.Namespace) -> torch.device:
    """Under torchrun each process of a machine takes a GPU of its own."""
    return torch.device(options.device, int(os.environ.get("LOCAL_RANK", 0))) if options.device == "cuda" else torch.device("cpu")


def main() -> None:
    options = parse_options(__doc__)
    with processes(device_of(options)):
        train(options)


def train(options: argparse.Namespace) -> None:
    require_divisible(options.batch)
    make_folder(options.out)
    sources = read_sources(options)
    sources.examples.require(options.batch)
    sources.validation.require(VALIDATION_BATCH)
    student = make_student(options, sources)
    if rank() == 0:
        print(f"{len(sources.examples.indices)} of {len(sources.mixes)} mixes, {len(sources.words)} words")
        told = {name: str(value) if isinstance(value, Path) else value for name, value in vars(options).items()}
        write_json(options.out / "options.json", told)
    wait_for_all()
    for phase in make_phases(options):
        train_phase(options, sources, student, phase)
    if rank() > 0:
        return
    save_student(options.out / "student.pt", student, sources.words)
    if (options.out / "log.jsonl").exists():
        plot_curves(options.out / "log.jsonl", options.out / "curves.png")
    print(f"student written to {options.out / 'student.pt'}")


if __name__ == "__main__":
    run_stage(main)
