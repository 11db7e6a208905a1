"""A checkpoint as the paper's authors publish theirs, with weights by a rule instead of by training.

The values of golden.json were measured by running the authors' own model with these weights, so that whoever computes
the same from the same weights has the same model.
"""

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import torch
from synthesis import settle
from torch import Tensor

from earshot_trainer.export.calibration import synthesised
from earshot_trainer.importing.layout import CLASSIFIER, EMBEDDING, POSITIONS, constants, published_tensors, stacked_shape
from earshot_trainer.model.decoder import DecoderSettings
from earshot_trainer.model.effb2_trm import EffB2Trm, EffB2TrmSettings
from earshot_trainer.tokenizer import END

GOLDEN = json.loads((Path(__file__).parent / "data" / "golden.json").read_text(encoding="utf-8"))
CLOTHO, AUDIOCAPS = 4368, 4981
"""Sizes of the two published vocabularies."""


def published_order(vocabulary: int) -> list[tuple[str, list[int]]]:
    """Names and shapes of all 556 tensors, in the order in which the authors' module lists them."""
    model = EffB2Trm(EffB2TrmSettings(DecoderSettings(vocabulary)))
    known = {name: stacked_shape(parts) for name, parts in published_tensors(model).items()}
    known |= {name: list(tensor.shape) for name, tensor in constants().items()}
    known |= {CLASSIFIER: [vocabulary, 256], POSITIONS: [100, 1, 256]}
    groups = [
        r"encoder\.melspec_extractor\.spectrogram", r"encoder\.melspec_extractor\.mel_scale", r"encoder\.backbone\.",
        r"decoder\.word_embedding", r"decoder\.pos_encoder", r"decoder\.model\.", r"decoder\.classifier", r"decoder\.attn_proj",
    ]  # fmt: skip
    inner = [name for group in groups for name in known if re.match(group, name)]
    heads = [("stdnt_proj.weight", [1024, 1408]), ("stdnt_proj.bias", [1024])]
    heads += [("tchr_proj.weight", [1024, 768]), ("tchr_proj.bias", [1024])]
    named = [("logit_scale", []), *((f"model.{name}", known[name]) for name in inner), *heads]
    return [(f"model.{name}", shape) for name, shape in named]


def _scaled(name: str, values: np.ndarray) -> np.ndarray:
    shape = values.shape
    if name.endswith("word_embedding.weight"):
        return 0.06 * values
    if len(shape) == 4:
        return values * np.sqrt(2 / np.prod(shape[1:]))
    if len(shape) == 2:
        return values / np.sqrt(shape[1])
    if name.endswith("running_var"):
        return 1 + 0.5 * values
    return 1 + 0.1 * values if name.endswith(".weight") else 0.1 * values


def published_checkpoint(vocabulary: int) -> dict[str, Tensor]:
    """All 556 tensors as one of the published pytorch_model.bin holds them."""
    computed, tensors = constants(), {}
    for index, (name, shape) in enumerate(published_order(vocabulary)):
        inner = name.removeprefix("model.model.")
        if inner in computed:
            tensors[name] = computed[inner].clone()
        elif inner == POSITIONS:
            tensors[name] = torch.zeros(shape)  # as measured they were noise that was not written down
        elif name.endswith("num_batches_tracked"):
            tensors[name] = torch.tensor(0)
        elif name.endswith("classifier.weight"):
            tensors[name] = tensors[name.replace("classifier", "word_embedding")]
        else:
            values = np.sin(1.2345 * np.arange(int(np.prod(shape))) + index).reshape(shape)
            tensors[name] = torch.tensor(_scaled(name, values), dtype=torch.float32)
    return tensors


@cache
def lively_student(vocabulary: int) -> EffB2Trm:
    """A student with random weights, in which sound makes a difference and captions come to an end.

    The weights of the golden values make many words equally likely; among the words of this one none is.
    """
    torch.manual_seed(1)
    student = EffB2Trm(EffB2TrmSettings(DecoderSettings(AUDIOCAPS)))
    settle(student.encoder, torch.from_numpy(np.concatenate(synthesised(student, 4))))
    with torch.no_grad():
        for layer in student.decoder.layers:
            for part in layer.cross_attention.children():
                part.weight *= 3
        student.decoder.embedding.weight *= 3
        student.decoder.embedding.weight[END] *= 6
        student.decoder.positions.uniform_(-0.015, 0.015)
        state = student.state_dict()
        state["decoder.embedding.weight"] = state["decoder.embedding.weight"][:vocabulary]
    student = EffB2Trm(EffB2TrmSettings(DecoderSettings(vocabulary)))
    student.load_state_dict(state)
    return student.eval()


def publish_student(student: EffB2Trm) -> dict[str, Tensor]:
    """A student's tensors as one of the published pytorch_model.bin holds them."""
    state = student.state_dict()
    own = {
        name: torch.cat([state[part] for part in parts]) if len(parts) > 1 else state[next(iter(parts))]
        for name, parts in published_tensors(student).items()
    }
    positions = torch.zeros(100, 1, 256)
    positions[: len(state["decoder.positions"]), 0] = state["decoder.positions"]
    inner = {**constants(), **own, POSITIONS: positions, CLASSIFIER: own[EMBEDDING]}
    heads = {"logit_scale": torch.tensor(2.7), "stdnt_proj.weight": torch.zeros(1024, 1408), "stdnt_proj.bias": torch.zeros(1024)}
    heads |= {"tchr_proj.weight": torch.zeros(1024, 768), "tchr_proj.bias": torch.zeros(1024)}
    return {**{f"model.{name}": tensor for name, tensor in heads.items()}, **{f"model.model.{n}": t for n, t in inner.items()}}


def golden_signal(samples: int) -> np.ndarray:
    """A modulated tone of 440 Hz and a quiet one of 3 kHz at 16 kHz, float32."""
    t = np.arange(samples) / 16000
    tone = 0.5 * np.sin(2 * np.pi * 440 * t) * (1 + 0.5 * np.sin(2 * np.pi * 3 * t))
    return (tone + 0.1 * np.sin(2 * np.pi * 3000 * t)).astype(np.float32)
