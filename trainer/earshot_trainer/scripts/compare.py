"""Compare runs by one of their figures: mean and spread over seeds as a table, JSON and a picture."""

import argparse
from dataclasses import asdict
from pathlib import Path

from ..errors import TrainerError
from ..evaluation.comparison import Row, write_comparison
from ..files import make_folder, read_json, write_json
from .stage import run_stage


def read_row(text: str, metric: str) -> Row:
    """`NAME=FILE,FILE,...` to a row of that figure of each file."""
    name, _, files = text.partition("=")
    if not name or not files:
        raise TrainerError(f"--runs {text}: is not NAME=FILE,FILE,...", "Name a way of training and the figures of its runs")
    values = []
    for path in map(Path, files.split(",")):
        figures = read_json(path, "Write it with the evaluate stage and its --out")
        if not isinstance(figures.get(metric), int | float):
            told = f"{path}: has no figure {metric} (it has {', '.join(figures) or 'none'})"
            raise TrainerError(told, "Give --metric one that all have, or evaluate again")
        values.append(figures[metric])
    return Row(name, tuple(values))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    told = "a way of training, and what evaluate wrote of each of its seeds"
    parser.add_argument("--runs", nargs="+", required=True, metavar="NAME=FILE,FILE", help=told)
    parser.add_argument("--metric", default="cider_d", help="which figure (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, help="folder for comparison.png, comparison.md and comparison.json")
    options = parser.parse_args()
    rows = [read_row(text, options.metric) for text in options.runs]
    make_folder(options.out)
    table = write_comparison(rows, options.out, "comparison", options.metric)
    facts = [{**asdict(row), "mean": row.mean, "spread": row.spread} for row in rows]
    write_json(options.out / "comparison.json", {"metric": options.metric, "rows": facts})
    print(table)


if __name__ == "__main__":
    run_stage(main)
