"""The training loop: one phase on frozen embeddings or end to end, resumable at every checkpoint."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from ..model.student import Student, save_student
from .examples import Examples
from .losses import embedding_loss, mask_stripes, next_word_loss
from .schedule import learning_rate_factor


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
def validate(student: Student, examples: Examples, loss: Callable, batch: int = 32) -> float:
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
    """Train one phase; continues from `folder/<phase>.pt` where there is one, and returns at once where it is complete."""
    path, log_path = folder / f"{phase.name}.pt", folder / "log.jsonl"
    optimiser = make_optimiser(student, phase)
    first, average = 0, 0.0
    torch.manual_seed(phase.seed)
    steps = phase.epochs * examples.batches(phase.batch)
    if path.exists():
        saved = torch.load(path, map_location="cpu", weights_only=True)
        student.load_state_dict(saved["weights"])
        first, average = saved["step"], saved["average"]
        torch.set_rng_state(saved["random"])
        if first < steps:
            optimiser.load_state_dict(saved["optimiser"])
    progress = tqdm(_steps(examples, phase, first), total=steps, initial=first, desc=phase.name, unit="step", mininterval=5)
    per_epoch, began = examples.batches(phase.batch), time.monotonic()
    for step, indices in progress:
        student.train()
        freeze_batch_norm(student)
        factor = learning_rate_factor(step, steps, last=phase.last_factor)
        for group in optimiser.param_groups:
            group["lr"] = group["rate"] * factor
        value = loss(examples, indices)
        optimiser.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimiser.step()
        average = value.item() if average == 0 else 0.98 * average + 0.02 * value.item()
        done = step + 1
        if done % phase.checkpoint_steps == 0 or done % per_epoch == 0:
            progress.set_postfix(loss=f"{average:.3f}")
            state = {"step": done, "average": average, "optimiser": optimiser.state_dict(), "random": torch.get_rng_state()}
            save_student(path, student, words, **state)
        if done % per_epoch == 0:
            record = {"phase": phase.name, "step": done, "loss": average, "validation": validation()}
            record["seconds"] = round(time.monotonic() - began)
            with log_path.open("a", encoding="utf-8") as log:
                log.write(json.dumps(record) + "\n")
            tqdm.write(json.dumps(record))
