"""Captions from a student in PyTorch, with the same step function that is exported to ONNX."""

import numpy as np
import torch
from torch import Tensor

from .decoding import Decoded, DecodingSettings, beam_search
from .model.captioner import Captioner


@torch.inference_mode()
def caption_embeddings(student: Captioner, embeddings: Tensor, settings: DecodingSettings) -> Decoded:
    """Decode one window's embeddings [M, size]."""
    decoder, shape = student.decoder, student.settings.decoder
    cross_keys, cross_values = decoder.cross_keys_values(student.remember(embeddings[None]))
    cache = torch.zeros(2, shape.layers, settings.beam_size, shape.heads, shape.cache_length, shape.width // shape.heads)

    def step(tokens: np.ndarray, position: int, parents: np.ndarray) -> np.ndarray:
        nonlocal cache
        cache = cache[:, :, torch.from_numpy(parents)]
        log_probs, keys, values = decoder.step(
            torch.from_numpy(tokens), torch.tensor([position]), cache[0], cache[1], cross_keys, cross_values
        )
        cache[0, :, :, :, position], cache[1, :, :, :, position] = keys[:, :, :, 0], values[:, :, :, 0]
        return log_probs.numpy()

    return beam_search(step, settings)
