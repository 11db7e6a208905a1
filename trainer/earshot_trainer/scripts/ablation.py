"""Train the same student in many ways and compare them: what each loss is worth, with all captions and with a tenth of them.

The same steps, the same sounds and the same words in every run; only the losses and the share of captions differ. A run that
is done is not run again.
"""

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from tqdm import tqdm

from ..decoding import DecodingSettings
from ..errors import TrainerError
from ..evaluation.captioners import set_captions
from ..evaluation.comparison import Row, write_comparison
from ..evaluation.scores import score_mixes
from ..evaluation.sets import read_items
from ..files import make_folder, read_json, write_json
from ..teachers.captioner import CaptionerTeacher
from .stage import at_least, run_stage

WAYS = {
    "supervised": "--encoder-weight 0",
    "+ encoder MSE": "--encoder-loss mse",
    "+ encoder contrastive": "--encoder-loss contrastive",
    "token instead": "--encoder-weight 0 --supervised-weight 0.5 --token-weight 0.5",
    "+ sequence": "--encoder-weight 0 --sequence-weight 1",
    "+ sequence + encoder MSE": "--encoder-loss mse --sequence-weight 1",
    "+ sequence + encoder contrastive": "--encoder-loss contrastive --sequence-weight 1",
    "+ sequence + contrastive + audio-only": "--encoder-loss contrastive --sequence-weight 1 --audio-only-rest {rest}",
}
"""Options of the train stage; all but the first take something of the teacher."""


def folder_name(way: str, share: float, seed: int) -> str:
    words = "".join(letter if letter.isalnum() else "-" for letter in way.replace("+ ", "")).lower()
    return f"{words}/{round(100 * share)}-percent/seed-{seed}"


def train_command(options: argparse.Namespace, way: str, share: float, seed: int, out: Path) -> list[str]:
    """The train stage of one run."""
    limit = round(options.labelled * share)
    epochs = max(1, round(options.steps * options.batch / limit))
    return [
        sys.executable, "-m", "earshot_trainer.scripts.train", "--mixes", options.mixes, "--validation", options.validation,
        "--tagger", options.tagger, "--vocabulary", options.teacher, "--token-teacher", options.teacher,
        "--lessons", options.lessons, "--cache", options.out / "cache", "--frozen-layers", options.frozen_layers,
        "--frozen-epochs", 0, "--epochs", epochs, "--log-epochs", epochs, "--batch", options.batch,
        "--rate", 5e-4, "--encoder-rate", 2e-4, "--limit", limit, "--seed", seed, "--out", out,
        *WAYS[way].format(rest=options.audio_only).split(),
    ]  # fmt: skip


def run_one(options: argparse.Namespace, way: str, share: float, seed: int) -> dict:
    """Train and score one student; returns its figures."""
    out = options.out / folder_name(way, share, seed)
    figures = out / "figures.json"
    if figures.exists():
        return read_json(figures, "Remove it")
    make_folder(out)
    environment = {**os.environ, "OMP_NUM_THREADS": str(options.threads)}
    with open(out / "train.log", "w", encoding="utf-8") as log:
        command = list(map(str, train_command(options, way, share, seed, out)))
        done = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, env=environment, check=False)
    if done.returncode:
        last = (out / "train.log").read_text(encoding="utf-8").strip().splitlines()[-1:]
        raise TrainerError(f"{out}: training failed ({' '.join(last)})", f"Read {out / 'train.log'}, then give the same command")
    (out / "end-to-end.pt").unlink()
    value = {"way": way, "share": share, "seed": seed, **score(out / "student.pt", options.validation)}
    write_json(figures, value)
    return value


def score(student: Path, validation: Path) -> dict[str, float]:
    """CIDEr-D of its greedy captions of the validation set."""
    items, captioner = read_items(validation), CaptionerTeacher(student, DecodingSettings())
    said = zip((item.file for item in items), set_captions(captioner, validation, items), strict=True)
    return score_mixes(items, dict(said))


def report(figures: list[dict], share: float, out: Path) -> str:
    """Table and picture of all ways at one share of the captions."""
    rows = [
        Row(way, tuple(figure["cider_d"] for figure in figures if (figure["way"], figure["share"]) == (way, share)))
        for way in WAYS
    ]
    rows = [row for row in rows if row.values]
    return write_comparison(rows, out, f"ablation-{round(100 * share)}-percent", "cider_d")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mixes", type=Path, required=True, help="composed set")
    parser.add_argument("--validation", type=Path, required=True, help="composed set of recordings kept for validation")
    parser.add_argument("--tagger", type=Path, required=True, help="EfficientAT weights the encoder starts from")
    parser.add_argument("--teacher", type=Path, required=True, help="checkpoint of the captioning teacher")
    parser.add_argument("--lessons", type=Path, required=True, help="what it said of --mixes (teach stage)")
    parser.add_argument("--out", type=Path, required=True, help="folder for all runs; the same command goes on")
    parser.add_argument(
        "--labelled", type=at_least(1), default=2400, help="clips whose captions are used at 100 %% (default: 2400)"
    )
    parser.add_argument("--audio-only", type=at_least(1), default=4800, help="clips after them, used without captions")
    parser.add_argument("--shares", type=float, nargs="+", default=[1.0, 0.1], help="of the captions (default: 1 0.1)")
    parser.add_argument("--steps", type=at_least(1), default=600)
    parser.add_argument("--batch", type=at_least(1), default=32)
    parser.add_argument("--seeds", type=at_least(1), default=3, help="runs a way (default: 3)")
    parser.add_argument("--frozen-layers", type=at_least(0), default=12, help="first layers of the encoder, run but once")
    parser.add_argument("--jobs", type=at_least(1), default=1, help="runs at a time")
    parser.add_argument("--threads", type=at_least(1), default=torch.get_num_threads(), help="of one run")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    runs = [(way, share, seed) for seed in range(1, options.seeds + 1) for share in options.shares for way in WAYS]
    figures = [run_one(options, *runs[0])]  # alone: it fills the cache
    with ThreadPoolExecutor(options.jobs) as pool:
        waiting = [pool.submit(run_one, options, *run) for run in runs[1:]]
        for number, future in enumerate(tqdm(waiting, desc="ablation", unit="run", initial=1, total=len(runs))):
            try:
                figures.append(future.result())
            except TrainerError:
                for other in waiting[number:]:
                    other.cancel()
                raise
    write_json(options.out / "figures.json", figures)
    for share in options.shares:
        print(f"\n{round(100 * share)} % of the captions\n{report(figures, share, options.out)}")


if __name__ == "__main__":
    run_stage(main)
