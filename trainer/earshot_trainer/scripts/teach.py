"""Let a teacher say once what it hears in every mix of a composed set: embeddings and, where it captions, captions."""

import argparse
from pathlib import Path

import torch

from ..data.mixes import Mixes
from ..teachers.open_teacher import SPEC_HELP, open_teacher
from ..teachers.teach import teach
from .stage import at_least, run_stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, required=True, help="folder made by the compose or prepare_dataset stage")
    parser.add_argument("--teacher", required=True, help=SPEC_HELP)
    parser.add_argument("--out", type=Path, required=True, help="folder for the shards; the same command continues them")
    faster = "bf16: faster, and words that are nearly as good may change places"
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help=faster)
    parser.add_argument("--per-shard", type=at_least(1), default=1000, help="mixes of a shard (default: 1000)")
    parser.add_argument("--limit", type=at_least(1), help="teach only this many mixes, the first ones")
    parser.add_argument("--device", default="cpu", help="where the teacher runs: cpu or cuda (default: cpu)")
    parser.add_argument("--threads", type=at_least(1), help="threads of the processor (default: as PyTorch chooses)")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    mixes = Mixes(options.set)
    teacher = open_teacher(options.teacher, mixes.audio, options.device)
    before = teach(mixes, teacher, options.out, options.precision, options.per_shard, options.limit)
    print(
        f"lessons on {min(options.limit or len(mixes), len(mixes))} mixes written to {options.out}"
        + (f", {before} shards by an earlier run" if before else "")
    )


if __name__ == "__main__":
    run_stage(main)
