"""Turn a captioned data set (AudioCaps, Clotho, any csv of path and caption) into a set to train or validate on."""

import argparse
import os
from pathlib import Path

from ..data.datasets.layouts import read_dataset
from ..data.datasets.windows import Cuts
from ..data.datasets.write_dataset import DataSetJob, write_dataset
from .form import add_form_options, read_form
from .stage import at_least, run_stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captions", type=Path, required=True, help="the csv; its columns tell its layout (trainer/README.md)")
    parser.add_argument("--audio", type=Path, help="folder of the recordings (default: that of the csv)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the set; the same command continues it")
    parser.add_argument("--cuts", choices=("regular", "random"), default="random", help="where longer recordings are cut")
    parser.add_argument("--most", type=at_least(1), default=1, help="windows of a recording, at most (default: 1)")
    parser.add_argument("--each-caption", action="store_true", help="to train: a window, drawn at random, for every caption")
    parser.add_argument("--seed", type=at_least(0), default=0, help="of random cuts")
    parser.add_argument("--workers", type=at_least(1), default=os.cpu_count())
    add_form_options(parser)
    options = parser.parse_args()
    data = read_dataset(options.captions, options.audio or options.captions.parent)
    cuts = Cuts(options.cuts == "random", options.most, options.seed)
    job = DataSetJob(data, read_form(options), cuts, options.captions.name.split(".")[0], options.each_caption)
    windows, left_out = write_dataset(job, options.out, options.workers)
    for name in data.missing[:10]:
        print(f"missing: {name}")
    for line in left_out:
        print(f"left out: {line}")
    print(
        f"{windows} windows of {len(data.recordings) - len(left_out)} recordings written to {options.out}; "
        f"{len(data.missing)} are missing, {len(left_out)} do not decode"
    )


if __name__ == "__main__":
    run_stage(main)
