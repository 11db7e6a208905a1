"""A student as the options of the train stage want it, before its first step."""

import argparse

import torch

from ..errors import TrainerError
from ..model.captioner import Captioner
from ..model.decoder import DecoderSettings
from ..model.effb2_trm import EffB2Trm, EffB2TrmSettings, load_efficientlatent
from ..model.student import Student, StudentSettings, load_tagger_weights
from .sources import Sources, projected_size, require_sizes


def make_student(options: argparse.Namespace, sources: Sources) -> Captioner:
    """Random weights by the seed, but for the encoder where there are weights to start from."""
    torch.manual_seed(options.seed)
    heads = options.width // 64
    shape = DecoderSettings(len(sources.words), options.layers, options.width, heads, 4 * options.width, options.dropout)
    make = _paper_student if options.student == "effb2-trm" else _segment_student
    student = make(options, sources, shape)
    require_sizes(student, sources.lessons, options)
    return student


def _paper_student(options: argparse.Namespace, sources: Sources, shape: DecoderSettings) -> EffB2Trm:
    if sources.mixes.audio.framing != "center":
        raise TrainerError(
            f"{options.mixes}: holds log-mel of another front end than that of effb2-trm",
            "Write the set with --front-end effb2-trm (prepare_dataset and compose stages)",
        )
    if options.context_layers or options.frozen_layers or options.encoder_loss == "mse-raw":
        raise TrainerError(
            "--student effb2-trm: is the paper's student, which has no context layers and no raw projection",
            "Leave --context-layers, --frozen-layers and --encoder-loss mse-raw to --student segment",
        )
    student = EffB2Trm(EffB2TrmSettings(shape, sources.mixes.audio))
    if options.efficientlatent:
        load_efficientlatent(student, options.efficientlatent)
    return student


def _segment_student(options: argparse.Namespace, sources: Sources, shape: DecoderSettings) -> Student:
    if not options.tagger:
        raise TrainerError("--student segment: its encoder starts from a tagger", "Give --tagger mn04_as_mAP_432.pt")
    size = projected_size(options, sources.lessons)
    if size and options.frozen_epochs:
        raise TrainerError(
            "--encoder-loss mse-raw: projects the embeddings anew, which a frozen phase would keep as they are",
            "Give --frozen-epochs 0",
        )
    settings = StudentSettings(shape, sources.mixes.audio, context_layers=options.context_layers, projected_size=size)
    student = Student(settings)
    load_tagger_weights(student, options.tagger)
    return student
