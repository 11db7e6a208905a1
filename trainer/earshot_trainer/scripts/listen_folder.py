"""Listen to recordings without captions, together with a teacher: log-mel, embeddings and pseudo captions in shards."""

import argparse
from pathlib import Path

import torch

from ..data.datasets.layouts import read_sounds
from ..data.datasets.windows import Cuts
from ..data.shards.folder import left_out
from ..errors import TrainerError
from ..teachers.listen import Listener, listen
from ..teachers.open_teacher import SPEC_HELP, open_teacher
from .form import add_form_options, read_form
from .stage import at_least, run_stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sounds", type=Path, required=True, help="folder of recordings at any depth, or a csv with their paths")
    parser.add_argument("--teacher", required=True, help=SPEC_HELP)
    parser.add_argument("--out", type=Path, required=True, help="folder for the shards; the same command continues them")
    parser.add_argument("--cuts", choices=("regular", "random"), default="regular", help="one after the other, or anywhere")
    parser.add_argument("--most", type=at_least(1), default=6, help="windows of a recording, at most (default: 6)")
    parser.add_argument("--per-shard", type=at_least(1), default=100, help="recordings of a shard (default: 100)")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="of the teacher's encoder")
    parser.add_argument("--device", default="cpu", help="where the teacher runs: cpu or cuda (default: cpu)")
    parser.add_argument("--threads", type=at_least(1), help="threads of the processor (default: as PyTorch chooses)")
    parser.add_argument("--seed", type=at_least(0), default=0, help="of the order of recordings and of random cuts")
    add_form_options(parser)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    sounds, audio = read_sounds(options.sounds), read_form(options)
    cuts = Cuts(options.cuts == "random", options.most, options.seed)
    teacher = open_teacher(options.teacher, audio, options.device)
    listener = Listener(sounds, teacher, audio, cuts, options.precision)
    before = listen(listener, options.out, options.per_shard)
    faults = left_out(options.out)
    for line in faults:
        print(f"left out: {line}")
    if len(faults) == len(sounds.recordings):
        raise TrainerError(f"{options.sounds}: none of its {len(faults)} recordings decodes", "Convert them to wav or flac")
    heard = len(sounds.recordings) - len(faults)
    missing = f", {len(sounds.missing)} listed but not there" if sounds.missing else ""
    print(f"{heard} recordings written to {options.out}, {len(faults)} do not decode{missing}; {before} shards by an earlier run")


if __name__ == "__main__":
    run_stage(main)
