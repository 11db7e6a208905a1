"""What captioners cost beside one another: parameters, multiply-adds, and time, measured in turns."""

import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from matplotlib.figure import Figure
from tqdm import tqdm

from ..model.cost import multiply_adds, parameters
from .contestants import Contestant


@dataclass(frozen=True)
class Cost:
    """Of one 10 s window and a caption of 20 tokens."""

    name: str
    how: str
    parameters: int
    encoder_multiply_adds: int
    multiply_adds: int
    encoder_seconds: float
    seconds: float
    """Median of processor time."""
    slowest_seconds: float
    times_faster: float
    """Than the first of the table."""


def _timed(contestant: Contestant) -> tuple[float, float]:
    """Processor seconds of the encoder and of the whole."""
    began = time.process_time()
    embeddings = contestant.encode(contestant.sound)
    encoded = time.process_time()
    contestant.put_into_words(embeddings)
    return encoded - began, time.process_time() - began


@torch.no_grad()
def measure(contestants: list[Contestant], rounds: int) -> list[Cost]:
    """Cost of each; every round times all of them, one after the other, so that a busy machine is as busy for each."""
    counts = [(multiply_adds(one.encode, one.sound), multiply_adds(one.caption, one.sound)) for one in contestants]
    times: list[list[tuple[float, float]]] = [[] for _ in contestants]
    for _ in tqdm(range(rounds), desc="measuring", unit="round"):
        for one, mine in zip(contestants, times, strict=True):
            mine.append(_timed(one))
    medians = [tuple(statistics.median(column) for column in zip(*mine, strict=True)) for mine in times]
    return [
        Cost(
            one.name, one.how, parameters(one.model), encoder, whole, round(median[0], 4), round(median[1], 4),
            round(max(seconds for _, seconds in mine), 4), round(medians[0][1] / median[1], 2),
        )
        for one, (encoder, whole), median, mine in zip(contestants, counts, medians, times, strict=True)
    ]  # fmt: skip


def cost_table(costs: list[Cost]) -> str:
    """A Markdown table."""
    lines = ["| | parameters | multiply-adds | of them the encoder | processor time | of it the encoder | times faster |"]
    lines.append("|---|---|---|---|---|---|---|")
    for cost in costs:
        lines.append(
            f"| {cost.name}, {cost.how} | {cost.parameters / 1e6:.2f} M | {cost.multiply_adds / 1e9:.2f} G | "
            f"{cost.encoder_multiply_adds / 1e9:.2f} G | {1000 * cost.seconds:.0f} ms | {1000 * cost.encoder_seconds:.0f} ms | "
            f"{cost.times_faster:.1f} |"
        )
    return "\n".join(lines) + "\n"


def plot_costs(costs: list[Cost], picture: Path) -> None:
    """Write a PNG: parameters, multiply-adds and time, each on a scale of powers of ten."""
    figure = Figure(figsize=(9, 0.9 + 0.45 * len(costs)), layout="constrained")
    panels: list[tuple[str, list[float]]] = [
        ("parameters, millions", [cost.parameters / 1e6 for cost in costs]),
        ("multiply-adds, billions", [cost.multiply_adds / 1e9 for cost in costs]),
        ("processor time, ms", [1000 * cost.seconds for cost in costs]),
    ]
    axes = figure.subplots(1, len(panels), sharey=True)
    for panel, (label, values) in zip(axes, panels, strict=True):
        bars = panel.barh(range(len(costs)), values, color="#8fb3d9")
        panel.bar_label(bars, fmt=lambda value: f"{value:,.0f}" if value >= 100 else f"{value:.3g}", padding=2, fontsize=8)
        panel.set_xscale("log")
        panel.set_xlim(min(values) / 3, max(values) * 5)
        panel.set_xlabel(label)
    axes[0].set_yticks(range(len(costs)), [f"{cost.name}, {cost.how}" for cost in costs])
    axes[0].invert_yaxis()
    figure.savefig(picture, dpi=150, format="png")


def as_facts(costs: list[Cost], **conditions: object) -> dict:
    """What a JSON file keeps of a measurement."""
    return {**conditions, "costs": [asdict(cost) for cost in costs]}
