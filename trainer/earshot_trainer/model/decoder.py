"""Transformer decoder of captions with a key-value cache that is a plain argument."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention


@dataclass(frozen=True)
class DecoderSettings:
    vocabulary: int
    layers: int = 2
    width: int = 256
    heads: int = 4
    feed_forward: int = 1024
    dropout: float = 0.2
    cache_length: int = 22
    """Longest sequence the decoder can process, start token included."""


class Attention(nn.Module):
    """Multi-head attention with separate projections, so that keys and values can be made once and kept."""

    def __init__(self, settings: DecoderSettings):
        super().__init__()
        self.heads = settings.heads
        self.dropout = settings.dropout
        self.query = nn.Linear(settings.width, settings.width)
        self.key = nn.Linear(settings.width, settings.width)
        self.value = nn.Linear(settings.width, settings.width)
        self.out = nn.Linear(settings.width, settings.width)

    def split(self, x: Tensor) -> Tensor:
        """[batch, length, width] to [batch, heads, length, head size]."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def keys_values(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        return self.split(self.key(memory)), self.split(self.value(memory))

    def forward(self, x: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None = None, causal: bool = False) -> Tensor:
        dropout = self.dropout if self.training else 0.0
        heads = scaled_dot_product_attention(
            self.split(self.query(x)), keys, values, attn_mask=mask, dropout_p=dropout, is_causal=causal
        )
        return self.out(heads.transpose(1, 2).flatten(2))


def feed_forward(settings: DecoderSettings) -> nn.Sequential:
    """The two linear layers of a Transformer layer."""
    return nn.Sequential(
        nn.Linear(settings.width, settings.feed_forward),
        nn.ReLU(),
        nn.Dropout(settings.dropout),
        nn.Linear(settings.feed_forward, settings.width),
    )


class DecoderLayer(nn.Module):
    """Post-norm: self-attention, cross-attention, feed-forward."""

    def __init__(self, settings: DecoderSettings):
        super().__init__()
        self.self_attention = Attention(settings)
        self.cross_attention = Attention(settings)
        self.feed_forward = feed_forward(settings)
        self.norms = nn.ModuleList([nn.LayerNorm(settings.width) for _ in range(3)])
        self.dropout = nn.Dropout(settings.dropout)

    def finish(self, x: Tensor, cross_keys: Tensor, cross_values: Tensor) -> Tensor:
        """Everything after self-attention."""
        x = self.norms[1](x + self.dropout(self.cross_attention(x, cross_keys, cross_values)))
        return self.norms[2](x + self.dropout(self.feed_forward(x)))

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        own = self.self_attention(x, *self.self_attention.keys_values(x), causal=True)
        x = self.norms[0](x + self.dropout(own))
        return self.finish(x, *self.cross_attention.keys_values(memory))

    def step(self, x: Tensor, cache: tuple[Tensor, Tensor], mask: Tensor, cross: tuple[Tensor, Tensor]):
        """One token [batch, 1, width] given cached keys and values; returns it with its own new key and value."""
        key, value = self.self_attention.keys_values(x)
        keys, values = torch.cat([cache[0], key], 2), torch.cat([cache[1], value], 2)
        x = self.norms[0](x + self.self_attention(x, keys, values, mask))
        return self.finish(x, *cross), key, value


class CaptionDecoder(nn.Module):
    """Tokens and memory to next-token logits; the classifier shares the embedding's weights."""

    def __init__(self, settings: DecoderSettings):
        super().__init__()
        self.settings = settings
        self.embedding = nn.Embedding(settings.vocabulary, settings.width)
        self.positions = nn.Parameter(torch.zeros(settings.cache_length, settings.width))
        self.layers = nn.ModuleList([DecoderLayer(settings) for _ in range(settings.layers)])
        self.dropout = nn.Dropout(settings.dropout)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)

    def embed(self, tokens: Tensor, positions: Tensor) -> Tensor:
        return self.dropout(self.embedding(tokens) * self.settings.width**0.5 + positions)

    def classify(self, x: Tensor) -> Tensor:
        return nn.functional.linear(x, self.embedding.weight)

    def forward(self, tokens: Tensor, memory: Tensor) -> Tensor:
        """Tokens int [batch, length] and memory [batch, M, width] to logits [batch, length, vocabulary]."""
        x = self.embed(tokens, self.positions[: tokens.shape[1]])
        for layer in self.layers:
            x = layer(x, memory)
        return self.classify(x)

    def cross_keys_values(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Memory [batch, M, width] to keys and values, each [layers, batch, heads, M, head size]."""
        pairs = [layer.cross_attention.keys_values(memory) for layer in self.layers]
        return torch.stack([key for key, _ in pairs]), torch.stack([value for _, value in pairs])

    def step(self, token, position, self_keys, self_values, cross_keys, cross_values):
        """One decoding step; shapes as in `docs/bundle.md`. Returns log-probabilities, new keys, new values."""
        length = self_keys.shape[3]
        visible = torch.arange(length + 1, device=token.device) < position
        visible = visible | (torch.arange(length + 1, device=token.device) == length)
        mask = torch.where(visible, 0.0, float("-inf"))[None, None, None, :]
        x = self.embed(token.unsqueeze(1), self.positions.index_select(0, position))
        batch = token.shape[0]
        keys, values = [], []
        for i, layer in enumerate(self.layers):
            cross = cross_keys[i].expand(batch, -1, -1, -1), cross_values[i].expand(batch, -1, -1, -1)
            x, key, value = layer.step(x, (self_keys[i], self_values[i]), mask, cross)
            keys.append(key)
            values.append(value)
        return torch.log_softmax(self.classify(x[:, 0]), dim=-1), torch.stack(keys), torch.stack(values)
