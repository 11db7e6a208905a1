"""The training loop: one phase on frozen embeddings or end to end, resumable at every checkpoint."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from ..errors import TrainerError
from ..model.student import Student
from .checkpoint import Checkpoint
from .examples import Examples
from .log import EpochLog
from .losses import embedding_loss, mask_stripes, next_word_loss
from .schedule import learning_rate_factor

VALIDATION_BATCH = 32


@dataclass(frozen=True)
class Phase:
    """One stretch of training with its own optimiser and schedule."""

    name: str
    epochs: int
    batch: int
    rate: float
    encoder_rate: float
    teacher_weight: float
    seed: int
    last_factor: float = 1e-3
    checkpoint_steps: int = 400

    @property
    def is_frozen(self) -> bool:
        return self.encoder_rate == 0


def freeze_batch_norm(student: Student) -> None:
    """Keep the statistics of real recordings: mixes would pull them towards themselves."""
    for module in student.encoder.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


def make_optimiser(student: Student, phase: Phase) -> torch.optim.Optimizer:
    """AdamW whose groups carry the peak `rate` that the schedule scales."""
    encoder = list(student.encoder.parameters())
    others = [p for name, p in student.named_parameters() if not name.startswith("encoder.")]
    groups = [{"params": others, "rate": phase.rate}]
    if not phase.is_frozen:
        groups.append({"params": encoder, "rate": phase.encoder_rate})
    return torch.optim.AdamW(groups, lr=phase.rate, weight_decay=1e-4)


def frozen_loss(student: Student, embeddings: np.ndarray) -> Callable[[Examples, np.ndarray], Tensor]:
    """Loss of a batch given embeddings that were made before; noise stands in for augmentation."""

    def loss(examples: Examples, indices: np.ndarray) -> Tensor:
        seen = torch.from_numpy(embeddings[indices].astype(np.float32))
        seen = seen + 0.1 * torch.randn_like(seen) * seen.std() if student.training else seen
        tokens = examples.tokens(indices)
        return next_word_loss(student(seen, tokens[:, :-1]), tokens)

    return loss


def end_to_end_loss(student: Student, phase: Phase, silence: float) -> Callable[[Examples, np.ndarray], Tensor]:
    """Loss of a batch from its log-mel, with the teacher's clip embedding as a second aim."""

    def loss(examples: Examples, indices: np.ndarray) -> Tensor:
        log_mel = examples.mixes.batch(indices)
        if student.training:
            log_mel = mask_stripes(log_mel, 2, 12, 60, silence)
        with torch.autocast("cpu", torch.bfloat16):
            seen = student.encode(log_mel).float()
        tokens = examples.tokens(indices)
        total = next_word_loss(student(seen, tokens[:, :-1]), tokens)
        if student.training and phase.teacher_weight and examples.mixes.teacher.shape[1]:
            teacher = torch.from_numpy(np.array(examples.mixes.teacher[indices]))
            total = total + phase.teacher_weight * embedding_loss(seen, teacher)
        return total

    return loss


@torch.no_grad()
def validate(student: Student, examples: Examples, loss: Callable, batch: int = VALIDATION_BATCH) -> float:
    """Mean loss over the whole batches of a set, without dropout or augmentation."""
    student.eval()
    losses = [float(loss(examples, indices)) for indices in examples.epoch(0, 0, batch)]
    return float(np.mean(losses))


def _steps(examples: Examples, phase: Phase, first: int) -> Iterator[tuple[int, np.ndarray]]:
    step = 0
    for epoch in range(phase.epochs):
        for indices in examples.epoch(phase.seed, epoch, phase.batch):
            if step >= first:
                yield step, indices
            step += 1


def run_phase(
    student: Student, words: list[str], phase: Phase, examples: Examples, loss: Callable,
    validation: Callable[[], float], folder: Path,
) -> None:  # fmt: skip
    """Train one phase; continues from `folder/<phase>.pt` where there is one, and returns at once where it is complete.

    A continued phase ends with the very weights of one that was never interrupted.
    """
    optimiser, per_epoch = make_optimiser(student, phase), examples.batches(phase.batch)
    steps = phase.epochs * per_epoch
    checkpoint = Checkpoint(folder, phase.name, asdict(phase), words)
    torch.manual_seed(phase.seed)
    first, average = checkpoint.restore(student, optimiser, steps)
    log = EpochLog(folder / "log.jsonl", phase.name)
    log.cut_back(first)
    progress = tqdm(_steps(examples, phase, first), total=steps, initial=first, desc=phase.name, unit="step", mininterval=5)
    began = time.monotonic()
    for step, indices in progress:
        value = _train_step(student, phase, optimiser, steps, step, lambda indices=indices: loss(examples, indices))
        average = value if average == 0 else 0.98 * average + 0.02 * value
        done = step + 1
        if done % per_epoch == 0:
            log.add(done, average, validation(), time.monotonic() - began)
        if done % phase.checkpoint_steps == 0 or done % per_epoch == 0:
            progress.set_postfix(loss=f"{average:.3f}")
            checkpoint.save(student, optimiser, done, average)


def _train_step(
    student: Student, phase: Phase, optimiser: torch.optim.Optimizer, steps: int, step: int, loss: Callable[[], Tensor]
) -> float:
    """One update of the weights; returns the loss before it."""
    student.train()
    freeze_batch_norm(student)
    factor = learning_rate_factor(step, steps, last=phase.last_factor)
    for group in optimiser.param_groups:
        group["lr"] = group["rate"] * factor
    value = loss()
    if not torch.isfinite(value):
        remedy = "Give the phase a lower rate; the run goes on from its last checkpoint"
        raise TrainerError(f"{phase.name}: the loss of step {step + 1} is {value.item()}", remedy)
    optimiser.zero_grad(set_to_none=True)
    value.backward()
    nn.utils.clip_grad_norm_(student.parameters(), 1.0)
    optimiser.step()
    return value.item()
