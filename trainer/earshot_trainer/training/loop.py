"""The training loop: one phase, resumable at every checkpoint, alike in one process and in many."""

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from ..errors import TrainerError
from .average import WeightAverage
from .batch import Batch
from .checkpoint import Checkpoint
from .distributed import averaged, in_step, rank, wait_for_all
from .examples import Examples, Material
from .log import EpochLog
from .losses import is_finite
from .objective import Objective
from .phase import Phase
from .schedule import learning_rate_factor

VALIDATION_BATCH = 32


def freeze_batch_norm(module: nn.Module) -> None:
    """Keep the statistics as they are."""
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.eval()


def make_optimiser(objective: Objective, phase: Phase) -> torch.optim.Optimizer:
    """Adam or AdamW whose groups carry the peak `rate` that the schedule scales."""
    for parameter in objective.student.encoder.parameters():
        parameter.requires_grad_(not phase.is_frozen)
    if phase.frozen_layers:
        objective.student.encoder.features[: phase.frozen_layers].requires_grad_(False)
    encoder = [p for p in objective.student.encoder.parameters() if p.requires_grad]
    others = [p for name, p in objective.named_parameters() if not name.startswith("student.encoder.")]
    groups = [{"params": others, "rate": phase.rate}]
    if encoder:
        groups.append({"params": encoder, "rate": phase.encoder_rate})
    kind = torch.optim.AdamW if phase.decoupled else torch.optim.Adam
    return kind(groups, lr=phase.rate, weight_decay=phase.weight_decay)


@torch.no_grad()
def validate(objective: Objective, examples: Examples, batch: int = VALIDATION_BATCH) -> float:
    """Mean next-word loss over the whole batches of a set, without dropout or augmentation."""
    objective.eval()
    device = next(objective.parameters()).device
    return float(
        np.mean(
            [
                objective.validation_loss(Batch(objective.hearing.load(indices), examples.tokens(indices)).to(device))
                for indices in examples.whole_batches(batch)
            ]
        )
    )


def run_phase(
    objective: Objective, words: list[str], phase: Phase, labelled: Material, audio_only: Material | None,
    validation: Callable[[], float], folder: Path, also: dict | None = None,
) -> None:  # fmt: skip
    """Train one phase; continues from `folder/<phase>.pt` where there is one, and returns at once where it is complete.

    A continued phase ends with the very weights of one that was never interrupted, if as many processes run it. `also`
    is what else a continued run must share.
    """
    device = next(objective.parameters()).device
    optimiser, average, per_epoch = make_optimiser(objective, phase), WeightAverage(), labelled.order.batches
    steps = phase.epochs * per_epoch
    checkpoint = Checkpoint(folder, phase.name, {**asdict(phase), **(also or {})}, words)
    first, losses = checkpoint.restore(objective, optimiser, average, steps)
    log = EpochLog(folder / "log.jsonl", phase.name)
    if rank() == 0:
        log.cut_back(first)
    model, began = in_step(objective), time.monotonic()
    shown = {"desc": phase.name, "unit": "step", "mininterval": 5, "disable": rank() > 0}
    progress = tqdm(range(first, steps), total=steps, initial=first, **shown)
    for step in progress:
        batches = [labelled.at(step).to(device), *([audio_only.at(step).to(device)] if audio_only else [])]
        _seed(phase.seed, step)
        values = _train_step(model, objective, phase, optimiser, steps, step, batches)
        for name, value in values.items():
            losses[name] = value if name not in losses else 0.98 * losses[name] + 0.02 * value
        done = step + 1
        if done % per_epoch == 0:
            _end_epoch(objective, phase, average, log, done, done // per_epoch, losses, validation, began)
        is_due = done % phase.checkpoint_steps == 0 or done % (per_epoch * phase.log_epochs) == 0 or done == steps
        if rank() == 0 and is_due:
            progress.set_postfix(loss=f"{sum(losses.values()):.3f}")
            checkpoint.save(objective, optimiser, average, done, losses)
    wait_for_all()
    if average.count:
        objective.student.load_state_dict(average.weights)


def _seed(seed: int, step: int) -> None:
    """Dropout and augmentation of a step depend on the step alone, so that no state of random numbers has to be kept."""
    torch.manual_seed(((seed * 1_000_003 + step) * 1009 + rank()) % 2**63)


def _end_epoch(
    objective: Objective, phase: Phase, average: WeightAverage, log: EpochLog, step: int, epoch: int,
    losses: dict[str, float], validation: Callable[[], float], began: float,
) -> None:  # fmt: skip
    if epoch > phase.epochs - phase.average_epochs:
        average.add(objective.student.state_dict())
    if epoch % phase.log_epochs == 0 or epoch == phase.epochs:
        value = validation()
        if rank() == 0:
            log.add(step, losses, value, time.monotonic() - began)


def _train_step(
    model: nn.Module, objective: Objective, phase: Phase, optimiser: torch.optim.Optimizer, steps: int, step: int,
    batches: list[Batch],
) -> dict[str, float]:  # fmt: skip
    """One update of the weights; returns the losses before it."""
    model.train()
    if not phase.train_batch_norm:
        freeze_batch_norm(objective.student.encoder)
    factor = learning_rate_factor(step, steps, last=phase.last_factor)
    for group in optimiser.param_groups:
        group["lr"] = group["rate"] * factor
    terms: dict[str, Tensor] = model(*batches)
    if not is_finite(terms):
        told = ", ".join(f"{name} {value.item():.4g}" for name, value in terms.items())
        remedy = "Give the phase a lower rate; the run goes on from its last checkpoint"
        raise TrainerError(f"{phase.name}: the loss of step {step + 1} is no number ({told})", remedy)
    optimiser.zero_grad(set_to_none=True)
    torch.stack(list(terms.values())).sum().backward()
    nn.utils.clip_grad_norm_(objective.parameters(), 1.0)
    optimiser.step()
    return {name: averaged(value) for name, value in terms.items()}
