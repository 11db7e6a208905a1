"""Learning rate: linear warm-up over the first fifth, then exponential decay to a thousandth (the paper's schedule)."""


def learning_rate_factor(step: int, steps: int, warm_up_share: float = 0.2, last: float = 1e-3) -> float:
    """Factor in (0, 1] for step 0 ... steps - 1."""
    warm_up = max(1, int(steps * warm_up_share))
    if step < warm_up:
        return (step + 1) / warm_up
    return last ** ((step - warm_up) / max(1, steps - warm_up))
