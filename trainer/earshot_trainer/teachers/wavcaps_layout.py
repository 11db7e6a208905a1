"""WavCaps' names of HTSAT-BART's weights, and those of this trainer."""

import re
from typing import Any

import torch

_NEVER_USED = re.compile(
    r"encoder\.audio_enc\.(audio_feats_extractor|tscam_conv|head)\.|\.attn_mask$"  # constants, and heads that tag
)
_RENAMED = [
    (r"^encoder\.audio_enc\.bn0\.", "encoder.batch_norm."),
    (r"^encoder\.audio_enc\.", "encoder."),
    (r"^enc_to_dec_proj\.", "bridge."),
    (r"^decoder\.", "bart."),
    (r"\.norm1\.", ".layernorm_before."),
    (r"\.norm2\.", ".layernorm_after."),
    (r"\.mlp\.fc1\.", ".intermediate.dense."),
    (r"\.mlp\.fc2\.", ".output.dense."),
    (r"\.attn\.proj\.", ".attention.output.dense."),
    (r"\.attn\.(relative_position_bias_table|relative_position_index)$", r".attention.self.\1"),
]
_QKV = re.compile(r"(.*)\.attn\.qkv\.(weight|bias)$")
_SHARED = "bart.model.shared.weight"
_TIED = ("bart.model.encoder.embed_tokens.weight", "bart.model.decoder.embed_tokens.weight", "bart.lm_head.weight")


def from_wavcaps(weights: dict[str, Any]) -> dict[str, Any]:
    """The same weights under our names; a name that WavCaps does not have stays as it is, to be told as foreign."""
    ours: dict[str, Any] = {}
    for name, value in weights.items():
        if _NEVER_USED.search(name):
            continue
        for pattern, replacement in _RENAMED:
            name = re.sub(pattern, replacement, name)
        packed = _QKV.match(name)
        if packed and isinstance(value, torch.Tensor) and value.ndim and value.shape[0] % 3 == 0:
            for part, third in zip(("query", "key", "value"), value.chunk(3), strict=True):
                ours[f"{packed[1]}.attention.self.{part}.{packed[2]}"] = third
        else:
            ours[name] = value
    if _SHARED in ours:
        ours |= {name: ours[_SHARED] for name in _TIED if name not in ours}  # some files keep tied weights once
    return ours
