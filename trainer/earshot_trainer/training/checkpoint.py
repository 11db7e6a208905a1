"""Checkpoints of a phase: all that it takes to continue bit for bit."""

from pathlib import Path
from typing import Any

import torch

from ..errors import TrainerError
from ..model.student import save_student
from ..model.weights import read_weights
from .average import WeightAverage
from .objective import Objective

_REMEDY = "Give the options it was begun with, or another --out folder"


class Checkpoint:
    """The file `folder/<name>.pt`; `options` are those of the phase, which a continued run must share."""

    def __init__(self, folder: Path, name: str, options: dict, words: list[str]):
        self.path = folder / f"{name}.pt"
        self.options, self.words = options, words

    def save(
        self, objective: Objective, optimiser: torch.optim.Optimizer, average: WeightAverage, step: int, losses: dict[str, float]
    ) -> None:
        """Keep the state after `step` steps; the file before it stays until the new one is whole."""
        state: dict[str, Any] = {"step": step, "losses": losses, "average": average.state_dict()}
        state["optimiser"] = optimiser.state_dict()
        if objective.encoder_loss is not None:
            state["encoder_loss"] = objective.encoder_loss.state_dict()
        save_student(self.path, objective.student, self.words, phase=self.options, **state)

    def restore(
        self, objective: Objective, optimiser: torch.optim.Optimizer, average: WeightAverage, steps: int
    ) -> tuple[int, dict[str, float]]:
        """Go back to the saved state; returns the steps done and the smoothed losses (0 and none where nothing was saved)."""
        if not self.path.exists():
            return 0, {}
        saved = read_weights(self.path, "Remove it to begin the phase anew")
        self._require_same(saved)
        objective.student.load_state_dict(saved["weights"])
        average.load_state_dict(saved["average"])
        if objective.encoder_loss is not None:
            objective.encoder_loss.load_state_dict(saved["encoder_loss"])
        if saved["step"] < steps:
            optimiser.load_state_dict(saved["optimiser"])
        return saved["step"], saved["losses"]

    def _require_same(self, saved: dict) -> None:
        if saved["words"] != self.words:
            raise TrainerError(f"{self.path}: was trained with another vocabulary than that of --mixes", _REMEDY)
        begun = saved.get("phase", self.options)
        differing = [
            f"{key} {self.options.get(key)} instead of {value}" for key, value in begun.items() if self.options.get(key) != value
        ]
        if differing:
            raise TrainerError(f"{self.path}: was begun with other options ({', '.join(differing)})", _REMEDY)
