"""One stretch of training: its length, rates and schedule."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Phase:
    """What a run must share with the checkpoint it continues from."""

    name: str
    epochs: int
    batch: int
    """Of all processes together."""
    rate: float
    encoder_rate: float
    """0: the encoder is frozen."""
    seed: int
    frozen_layers: int = 0
    """The encoder's first layers that stay as they are."""
    last_factor: float = 1e-3
    weight_decay: float = 1e-4
    decoupled: bool = True
    """AdamW; else Adam with weight decay in the gradient, as in the paper."""
    average_epochs: int = 0
    """The phase ends with the mean of its weights after this many last epochs."""
    train_batch_norm: bool = False
    """False keeps the statistics of real recordings: mixes would pull them towards themselves."""
    checkpoint_steps: int = 400
    log_epochs: int = 1
    """How many epochs there are to a line of the log."""

    @property
    def is_frozen(self) -> bool:
        return self.encoder_rate == 0
