"""Stage 6: put together what was measured of a student and what it was trained on, for its bundle's manifest."""

import argparse
from collections import Counter
from pathlib import Path

from ..data.mixes import Mixes
from ..errors import TrainerError
from ..evaluation.sets import read_items
from ..files import make_folder, read_json, read_json_lines, write_json
from .stage import run_stage

_FIGURES = "Write it with the evaluate stage and its --out"
_RUN = "Give the --out folder of the train stage"


def percent_lost(before: float | None, after: float | None) -> float | None:
    """How much of a figure is gone; unknown where there was none."""
    return round(100 * (1 - after / before), 2) if before and after is not None else None


def describe_quality(listening: Path, fp32: dict, int8: dict, tagger: dict) -> dict:
    """The manifest's `quality`: int8 as the daemon runs it, beside fp32 and the tagger's labels."""
    items = read_items(listening)
    kinds, sounds = Counter(item.kind for item in items), {item.label for item in items if item.kind == "single"}
    quality = {
        "composed_validation_mixes": kinds["mix"],
        "cider_d_fp32": fp32.get("cider_d"),
        "cider_d_int8": int8.get("cider_d"),
        "int8_loss_percent": percent_lost(fp32.get("cider_d"), int8.get("cider_d")),
        "cider_d_of_the_taggers_labels": tagger.get("tagger_cider_d"),
        "single_real_sounds": kinds["single"],
        "labels_of_single_real_sounds": len(sounds),
        "single_real_sounds_named": int8.get("named"),
        "single_real_sounds_named_fp32": fp32.get("named"),
        "single_real_sounds_named_by_the_taggers_best_label": tagger.get("tagger_top_1"),
        "single_real_sounds_named_by_the_taggers_best_3_labels": tagger.get("tagger_top_3"),
    }
    return {key: value for key, value in quality.items() if value is not None}


def describe_training(run: Path) -> dict:
    """The manifest's `training`: which mixes, how long, and where it ended."""
    options, log = read_json(run / "options.json", _RUN), read_json_lines(run / "log.jsonl", _RUN)
    if not log:
        raise TrainerError(f"{run / 'log.jsonl'}: holds no epoch", "Let the train stage come to its end")
    rows = Mixes(Path(options["mixes"])).rows[: options.get("limit")]
    corpora = Counter(row["corpus"] for row in rows)
    recordings = {clip for row in rows for clip in row["clips"]}
    return {
        "mixes": f"{len(rows)} windows composed from {len(recordings)} labelled recordings; one in eight is kept for validation",
        "captions": ", ".join(f"{corpus} {count}" for corpus, count in corpora.most_common()) + " (text only)",
        "start": "encoder from EfficientAT mn04_as (AudioSet tagger), decoder from random numbers",
        "recipe": "{frozen_epochs} epochs of the decoder, then {epochs} end to end; seed {seed}".format(**options),
        "validation_loss": round(log[-1]["validation"], 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, required=True, help="evaluation set that was captioned")
    parser.add_argument("--fp32", type=Path, required=True, help="figures of `evaluate --student`")
    parser.add_argument("--int8", type=Path, required=True, help="figures of `evaluate --captions`, said by the daemon")
    parser.add_argument("--tagger", type=Path, help="figures of `evaluate --tagger`")
    parser.add_argument("--run", type=Path, required=True, help="folder of the train stage")
    parser.add_argument("--out", type=Path, required=True, help="folder for quality.json and training.json")
    options = parser.parse_args()
    fp32, int8 = read_json(options.fp32, _FIGURES), read_json(options.int8, _FIGURES)
    tagger = read_json(options.tagger, _FIGURES) if options.tagger else {}
    quality, training = describe_quality(options.set, fp32, int8, tagger), describe_training(options.run)
    make_folder(options.out)
    write_json(options.out / "quality.json", quality)
    write_json(options.out / "training.json", training)
    print(f"quality.json and training.json written to {options.out}")


if __name__ == "__main__":
    run_stage(main)
