"""The mean of a student's weights over its last epochs (the paper's final model is that of the last five)."""

import torch
from torch import Tensor


class WeightAverage:
    """A running mean, in a form that a checkpoint keeps."""

    def __init__(self) -> None:
        self.count = 0
        self.weights: dict[str, Tensor] = {}

    def add(self, weights: dict[str, Tensor]) -> None:
        """Count one more state in; whole numbers (counters of batch normalisation) are taken from the newest."""
        self.count += 1
        for name, value in weights.items():
            before = self.weights.get(name)
            if before is None or not torch.is_floating_point(value):
                self.weights[name] = value.detach().clone()
            else:
                self.weights[name] = before + (value - before) / self.count

    def state_dict(self) -> dict:
        return {"count": self.count, "weights": self.weights}

    def load_state_dict(self, state: dict) -> None:
        self.count, self.weights = state["count"], state["weights"]
