"""Stage 1: decode the labelled recordings once into a pool."""

import argparse
import os
from pathlib import Path

from ..audio.settings import AudioSettings
from ..data.pool import build_pool
from .stage import at_least, run_stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sounds", type=Path, required=True, help="folder with clips.csv and the recordings it lists")
    parser.add_argument("--out", type=Path, required=True, help="folder for pool.s16 and pool.csv")
    parser.add_argument("--workers", type=at_least(1), default=os.cpu_count(), help="decoding processes (default: all cores)")
    options = parser.parse_args()
    failures = build_pool(options.sounds, options.out, AudioSettings().sample_rate, options.workers)
    for line in failures:
        print(f"left out: {line}")
    print(f"pool written to {options.out}, {len(failures)} recordings left out")


if __name__ == "__main__":
    run_stage(main)
