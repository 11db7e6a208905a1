"""Stage 2: compose captioned mixes from the pool of recordings and human captions."""

import argparse
import os
from pathlib import Path

from ..audio.settings import AudioSettings
from ..data.captions import read_captions
from ..data.write_mixes import MixJob, compose_mixes
from .stage import at_least, run_stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", type=Path, required=True, help="folder made by the prepare stage")
    parser.add_argument("--captions", type=Path, nargs="+", required=True, help="caption files, named after their corpus")
    parser.add_argument("--out", type=Path, required=True, help="folder for the composed set")
    parser.add_argument("--count", type=at_least(1), default=24000, help="how many mixes (default: 24000)")
    parser.add_argument("--validation", action="store_true", help="use the recordings that are kept for validation")
    parser.add_argument("--single-share", type=float, default=0.25, help="share of mixes of one sound, all concepts alike")
    parser.add_argument("--teacher", type=Path, help="EfficientAT tagger whose clip embeddings are stored beside the mixes")
    parser.add_argument("--context-frames", type=at_least(0), default=0, help="frames before a segment that its encoder sees")
    parser.add_argument("--segment-frames", type=at_least(1), default=200, help="frames of a segment (default: 200 = 2 s)")
    parser.add_argument("--window-segments", type=at_least(1), default=5, help="segments of a window (default: 5)")
    parser.add_argument("--seed", type=at_least(0), default=0)
    parser.add_argument("--workers", type=at_least(1), default=os.cpu_count())
    options = parser.parse_args()
    audio = AudioSettings(
        context_frames=options.context_frames, segment_frames=options.segment_frames, window_segments=options.window_segments
    )
    clips = [clip for path in options.captions for clip in read_captions(path)]
    job = MixJob(options.pool, clips, options.teacher, audio, options.validation, options.single_share, options.seed)
    before = compose_mixes(job, options.count, options.out, options.workers)
    print(f"set of mixes written to {options.out}" + (f", {before} of them by an earlier run" if before else ""))


if __name__ == "__main__":
    run_stage(main)
