"""Transformer layers over the memory of a window: each step of sound sees all others (an acoustic teacher needs them)."""

from torch import Tensor, nn

from .decoder import Attention, DecoderSettings, feed_forward


class ContextLayer(nn.Module):
    """Pre-norm, so that many layers train from random weights without a fragile warm-up."""

    def __init__(self, settings: DecoderSettings):
        super().__init__()
        self.attention = Attention(settings)
        self.feed_forward = feed_forward(settings)
        self.norms = nn.ModuleList([nn.LayerNorm(settings.width) for _ in range(2)])
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, memory: Tensor) -> Tensor:
        """Memory [batch, M, width] to memory of the same shape."""
        x = self.norms[0](memory)
        memory = memory + self.dropout(self.attention(x, *self.attention.keys_values(x)))
        return memory + self.dropout(self.feed_forward(self.norms[1](memory)))
