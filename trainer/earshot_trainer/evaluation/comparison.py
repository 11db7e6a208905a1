"""Figures of several ways of training beside one another: means over seeds, their spread, and a picture."""

from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev

from matplotlib.figure import Figure

from ..errors import TrainerError
from ..files import write_text, written_whole


@dataclass(frozen=True)
class Row:
    """One way of training, and the figure that each of its runs reached."""

    name: str
    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        return mean(self.values)

    @property
    def spread(self) -> float:
        """Standard deviation over the runs; 0 of a single one."""
        return stdev(self.values) if len(self.values) > 1 else 0.0


def plot_comparison(rows: list[Row], picture: Path, label: str = "CIDEr-D") -> None:
    """Write a PNG: a bar a row with its standard deviation over seeds, and a dot for each of its runs."""
    if not rows:
        raise TrainerError(f"{picture}: there is nothing to compare", "Give one row or more")
    figure = Figure(figsize=(7, 0.8 + 0.45 * len(rows)), layout="constrained")
    axes = figure.subplots()
    places = range(len(rows))
    axes.barh(places, [row.mean for row in rows], xerr=[row.spread for row in rows], color="#8fb3d9", ecolor="#333333", capsize=3)
    for place, row in zip(places, rows, strict=True):
        axes.plot(row.values, [place] * len(row.values), "o", color="#1f3b57", markersize=3)
    axes.set_yticks(places, [f"{row.name} ({len(row.values)})" for row in rows])
    axes.invert_yaxis()
    axes.set_xlabel(f"{label}: mean and standard deviation over runs")
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    figure.savefig(picture, dpi=150, format="png")


def comparison_table(rows: list[Row], label: str = "CIDEr-D") -> str:
    """The same as a Markdown table."""
    lines = [f"| | {label} | runs |", "|---|---|---|"]
    for row in rows:
        spread = f" ± {row.spread:.3f}" if len(row.values) > 1 else ""
        lines.append(f"| {row.name} | {row.mean:.3f}{spread} | {', '.join(f'{value:.3f}' for value in row.values)} |")
    return "\n".join(lines) + "\n"


def write_comparison(rows: list[Row], folder: Path, name: str, label: str) -> str:
    """Write `name`.png and `name`.md into a folder; returns the table."""
    with written_whole(folder / f"{name}.png") as part:
        plot_comparison(rows, part, label)
    table = comparison_table(rows, label)
    write_text(folder / f"{name}.md", table)
    return table
