"""What the train stage can be told."""

import argparse
from pathlib import Path

from ..scripts.stage import at_least
from .encoder_distillation import KINDS


def parse_options(description: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    _files(parser.add_argument_group("files"))
    _student(parser.add_argument_group("student"))
    _losses(parser.add_argument_group("losses: the sum of what follows, each with its weight; 0 leaves one out"))
    _phases(parser.add_argument_group("phases: the decoder on a frozen encoder, then both"))
    _machine(parser.add_argument_group("machine"))
    return parser.parse_args()


def _files(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--mixes", type=Path, required=True, help="composed set, or one of prepare_dataset, to train on")
    group.add_argument("--validation", type=Path, required=True, help="set of recordings kept for validation")
    group.add_argument("--tagger", type=Path, help="EfficientAT weights that a segment student's encoder starts from")
    group.add_argument("--efficientlatent", type=Path, help="effb2.pt, from which the encoder of effb2-trm may start")
    group.add_argument("--out", type=Path, required=True, help="run folder; the same command continues an interrupted run")
    group.add_argument("--cache", type=Path, help="folder for what frozen layers make of a set (default: --out)")
    group.add_argument("--limit", type=at_least(1), help="use the captions of only this many clips of --mixes")
    group.add_argument("--lessons", type=Path, help="what a teacher said of --mixes (teach stage; default: the set's tagger)")
    group.add_argument("--token-teacher", type=Path, help="checkpoint of a captioner, for --token-weight")
    group.add_argument("--audio-only-rest", type=at_least(1), metavar="N", help="use N clips after --limit without captions")
    group.add_argument("--audio-only", type=Path, metavar="FOLDER", help="shards of sound without captions (listen_folder stage)")
    group.add_argument("--vocabulary", type=Path, metavar="CHECKPOINT", help="learn the words of this checkpoint")
    group.add_argument("--least-count", type=at_least(1), default=4, help="leave out words seen less often (default: 4)")


def _student(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--student", choices=("segment", "effb2-trm"), default="segment", help="effb2-trm: the paper's")
    group.add_argument("--segment-frames", type=at_least(1), help="frames of a segment (default: as the set was composed)")
    group.add_argument("--context-frames", type=at_least(0), default=0, help="frames before a segment that its encoder sees")
    group.add_argument("--context-layers", type=at_least(0), default=0, help="Transformer layers over the window (for a teacher)")
    group.add_argument("--layers", type=at_least(1), default=2, help="of the decoder (default: 2)")
    group.add_argument("--width", type=at_least(64), default=256, help="of the decoder, in heads of 64 (default: 256)")
    group.add_argument("--dropout", type=float, default=0.2)


def _losses(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--supervised-weight", type=float, default=1.0, help="next word of human captions")
    group.add_argument("--sequence-weight", type=float, default=0.0, help="next word of the teacher's captions")
    group.add_argument("--encoder-loss", choices=KINDS, default="cosine", help="distance of the clip embedding to the teacher's")
    group.add_argument("--encoder-weight", type=float, default=1.0)
    group.add_argument("--exponential-scale", action="store_true", help="contrastive: e to the power of the scale, as CLIP does")
    group.add_argument("--token-weight", type=float, default=0.0, help="the teacher's distribution over the next word")
    group.add_argument("--audio-only-weight", type=float, default=1.0, help="of a batch without captions")
    group.add_argument("--label-smoothing", type=float, default=0.1)


def _phases(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--frozen-epochs", type=at_least(0), default=8)
    group.add_argument("--frozen-rate", type=float, default=5e-4)
    group.add_argument("--epochs", type=at_least(0), default=4)
    group.add_argument("--rate", type=float, default=2e-4)
    group.add_argument("--encoder-rate", type=float, default=2e-4)
    group.add_argument(
        "--frozen-layers", type=at_least(0), default=0, help="first layers of the encoder that stay, and run but once"
    )
    group.add_argument("--batch", type=at_least(1), default=32, help="of all processes together")
    group.add_argument("--last-factor", type=float, default=0.02, help="rate at a phase's end, of its peak (paper: 0.001)")
    group.add_argument("--adam", action="store_true", help="Adam instead of AdamW (paper)")
    group.add_argument("--weight-decay", type=float, default=1e-4, help="(paper: 1e-6)")
    group.add_argument("--average-epochs", type=at_least(0), default=0, help="end with the mean over this many epochs (paper: 5)")
    group.add_argument("--train-batch-norm", action="store_true", help="learn its statistics too (paper)")
    group.add_argument("--no-augmentation", action="store_true", help="no SpecAugment")
    group.add_argument("--seed", type=at_least(0), default=1, help="of first weights, order, dropout and augmentation")


def _machine(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--precision", choices=("bf16", "fp32"), default="bf16")
    group.add_argument("--device", default="cpu", help="cpu, or cuda; under torchrun each process takes a GPU of its own")
    group.add_argument("--log-epochs", type=at_least(1), default=1, help="epochs to a line of the log")
