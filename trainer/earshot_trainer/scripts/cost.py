"""Compare what captioners cost: the paper's teacher and student, and the default student, on the same 10 s."""

import argparse
import json
from pathlib import Path

import torch

from ..errors import TrainerError
from ..evaluation.contestants import TOKENS, Contestant, default_student, effb2_trm, htsat_bart, other
from ..evaluation.cost import as_facts, cost_table, measure, plot_costs
from ..files import make_folder, write_json, write_text, written_whole
from .stage import at_least, run_stage


def read_other(text: str) -> Contestant:
    """`NAME=PATH` to a contestant."""
    name, _, path = text.partition("=")
    if not name or not path:
        raise TrainerError(f"--captioner {text}: is not NAME=PATH", "Name a checkpoint of the train stage")
    return other(name, Path(path))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--student", type=Path, help="checkpoint of the default student (default: its shape, random weights)")
    parser.add_argument("--captioner", nargs="+", default=[], metavar="NAME=PATH", help="further checkpoints, run with beam 3")
    parser.add_argument("--out", type=Path, required=True, help="folder for cost.json, cost.md and cost.png")
    parser.add_argument("--rounds", type=at_least(1), default=7, help="times that each is measured, in turns (default: 7)")
    parser.add_argument("--threads", type=at_least(1), default=1, help="threads of the processor for each (default: 1)")
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    others = [read_other(text) for text in options.captioner]
    costs = measure([htsat_bart(), *others, effb2_trm(), default_student(options.student)], options.rounds)
    make_folder(options.out)
    facts = as_facts(costs, threads=options.threads, rounds=options.rounds, tokens=TOKENS, window_seconds=10)
    write_json(options.out / "cost.json", facts)
    table = cost_table(costs)
    write_text(options.out / "cost.md", table)
    with written_whole(options.out / "cost.png") as part:
        plot_costs(costs, part)
    print(json.dumps(facts, indent=2))
    print(table)


if __name__ == "__main__":
    run_stage(main)
