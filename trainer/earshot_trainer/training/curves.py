"""Learning curves of a run as a picture."""

import itertools
from pathlib import Path

from matplotlib.figure import Figure

from ..files import read_json_lines


def plot_curves(log: Path, picture: Path) -> None:
    """Training and validation loss over the records of `log`, phases one after the other."""
    records = read_json_lines(log, "Train for an epoch at least")
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    positions = range(1, len(records) + 1)
    axes.plot(positions, [record["loss"] for record in records], marker="o", label="training (smoothed)")
    axes.plot(positions, [record["validation"] for record in records], marker="o", label="validation")
    for position, (before, record) in enumerate(itertools.pairwise(records), start=1):
        if record["phase"] != before["phase"]:
            axes.axvline(position + 0.5, linestyle=":", color="grey")
            axes.annotate(record["phase"], (position + 0.55, 0.95), xycoords=("data", "axes fraction"), color="grey")
    axes.set_xlabel("epoch")
    axes.set_ylabel("next-word loss")
    axes.legend()
    figure.savefig(picture, dpi=150)
