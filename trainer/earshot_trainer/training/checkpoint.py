"""Checkpoints of a phase: all that it takes to continue bit for bit."""

from pathlib import Path

import torch

from ..errors import TrainerError
from ..model.student import Student, save_student
from ..model.weights import read_weights

_REMEDY = "Give the options it was begun with, or another --out folder"


class Checkpoint:
    """The file `folder/<name>.pt`; `options` are those of the phase, which a continued run must share."""

    def __init__(self, folder: Path, name: str, options: dict, words: list[str]):
        self.path = folder / f"{name}.pt"
        self.options, self.words = options, words

    def save(self, student: Student, optimiser: torch.optim.Optimizer, step: int, average: float) -> None:
        """Keep the state after `step` steps; the file before it stays until the new one is whole."""
        state = {"step": step, "average": average, "optimiser": optimiser.state_dict(), "random": torch.get_rng_state()}
        save_student(self.path, student, self.words, phase=self.options, **state)

    def restore(self, student: Student, optimiser: torch.optim.Optimizer, steps: int) -> tuple[int, float]:
        """Go back to the saved state; returns the steps done and the smoothed loss (0 and 0 where nothing was saved)."""
        if not self.path.exists():
            return 0, 0.0
        saved = read_weights(self.path, "Remove it to begin the phase anew")
        self._require_same(saved)
        student.load_state_dict(saved["weights"])
        torch.set_rng_state(saved["random"])
        if saved["step"] < steps:
            optimiser.load_state_dict(saved["optimiser"])
        return saved["step"], saved["average"]

    def _require_same(self, saved: dict) -> None:
        if saved["words"] != self.words:
            raise TrainerError(f"{self.path}: was trained with another vocabulary than that of --mixes", _REMEDY)
        begun = saved.get("phase", self.options)
        differing = [
            f"{key} {self.options[key]} instead of {value}" for key, value in begun.items() if self.options[key] != value
        ]
        if differing:
            raise TrainerError(f"{self.path}: was begun with other options ({', '.join(differing)})", _REMEDY)
