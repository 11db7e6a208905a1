"""How the published checkpoints of effb2-trm name their tensors, and which of ours each of them holds.

Names are those of the innermost module (`encoder...`, `decoder...`): files differ in how many `model.` stand before
them (two in what transformers wrote, one in the authors' own .pth).
"""

import re

import torch
from torch import Tensor

from ..audio.logmel import analysis_window
from ..audio.mel_bank import mel_bank
from ..audio.settings import PAPER_AUDIO
from ..model.effb2_trm import EffB2Trm

EMBEDDING = "decoder.word_embedding.weight"
CLASSIFIER = "decoder.classifier.weight"
"""The same tensor as the embedding, which files hold under either name or under both."""

POSITIONS = "decoder.pos_encoder.pe"
"""[100, 1, 256], of which we keep the rows of the longest caption. The authors' own .pth leaves it out."""

_OUR_NAMES = [
    (r"^encoder\.", "encoder.backbone.eff_net."),
    (r"^project\.", "decoder.attn_proj."),
    (r"^decoder\.embedding\.", "decoder.word_embedding."),
    (r"^decoder\.layers\.", "decoder.model.layers."),
    (r"\.self_attention\.", ".self_attn."),
    (r"\.cross_attention\.", ".multihead_attn."),
    (r"_attn\.(query|key|value)\.(weight|bias)$", r"_attn.in_proj_\2"),
    (r"_attn\.out\.", "_attn.out_proj."),
    (r"\.feed_forward\.0\.", ".linear1."),
    (r"\.feed_forward\.3\.", ".linear2."),
    (r"\.norms\.0\.", ".norm1."),
    (r"\.norms\.1\.", ".norm2."),
    (r"\.norms\.2\.", ".norm3."),
]


def innermost(name: str) -> str:
    """A published name without the modules around the student."""
    return re.sub(r"^(module\.)?(model\.)*", "", name)


def is_training_head(name: str) -> bool:
    """Whether a tensor served distillation alone."""
    return name == "logit_scale" or name.startswith(("stdnt_proj.", "tchr_proj."))


def published_name(own: str) -> str:
    """What the published checkpoints call a tensor of ours, or the one that holds it beside others."""
    for pattern, replacement in _OUR_NAMES:
        own = re.sub(pattern, replacement, own)
    return own


def published_tensors(model: EffB2Trm) -> dict[str, dict[str, torch.Size]]:
    """Published names to the tensors of ours that each holds, stacked along its first dimension, with their shapes.

    The positions, which are cut and not stacked, are left out.
    """
    names: dict[str, dict[str, torch.Size]] = {}
    for own, tensor in model.state_dict().items():
        if own != "decoder.positions":
            names.setdefault(published_name(own), {})[own] = tensor.shape
    return names


def stacked_shape(parts: dict[str, torch.Size]) -> list[int]:
    """Shape of the published tensor that holds `parts`."""
    first, *others = parts.values()
    return [first[0] + sum(shape[0] for shape in others), *first[1:]] if others else list(first)


def constants() -> dict[str, Tensor]:
    """Published tensors that can be computed: with other values, a checkpoint wants another front end."""
    return {
        "encoder.melspec_extractor.spectrogram.window": analysis_window(PAPER_AUDIO),
        "encoder.melspec_extractor.mel_scale.fb": mel_bank(PAPER_AUDIO).T.contiguous(),
    }
