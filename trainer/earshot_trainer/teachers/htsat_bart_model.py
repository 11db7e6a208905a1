"""HTSAT-BART, the paper's teacher (WavCaps, arXiv 2303.17395): a Swin transformer that hears, and BART that writes."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import BartConfig, BartForConditionalGeneration, ClapAudioConfig, ClapAudioModel, GenerationConfig
from transformers.audio_utils import mel_filter_bank
from transformers.modeling_outputs import BaseModelOutput

SAMPLE_RATE, WINDOW_SAMPLES = 32000, 320000
_N_FFT, _HOP, _MEL_BINS = 1024, 320, 64
_REPEATS = 32
"""BART reads each of HTSAT's 32 time steps this many times, 1024 tokens in all."""


@dataclass(frozen=True)
class HtsatBartShape:
    """Dimensions; the defaults are those of WavCaps: HTSAT-tiny of 30 M parameters and facebook/bart-base."""

    embed: int = 96
    depths: tuple[int, ...] = (2, 2, 6, 2)
    heads: tuple[int, ...] = (4, 8, 16, 32)
    text_width: int = 768
    text_layers: int = 6
    text_heads: int = 12
    text_feed_forward: int = 3072
    vocabulary: int = 50265

    @property
    def embedding_size(self) -> int:
        return self.embed * 2 ** (len(self.depths) - 1)


class LogMel64(nn.Module):
    """Waveform [B, samples] at 32 kHz to decibels [B, 1, frames, 64]: Slaney's mel from 50 Hz to 14 kHz, centred frames."""

    def __init__(self):
        super().__init__()
        bank = mel_filter_bank(_N_FFT // 2 + 1, _MEL_BINS, 50.0, 14000.0, SAMPLE_RATE, norm="slaney", mel_scale="slaney")
        self.register_buffer("bank", torch.from_numpy(bank).float(), persistent=False)
        self.register_buffer("window", torch.hann_window(_N_FFT), persistent=False)

    def forward(self, waveform: Tensor) -> Tensor:
        spectrum = torch.stft(waveform, _N_FFT, _HOP, window=self.window, pad_mode="reflect", return_complex=True)
        power = spectrum.real.square() + spectrum.imag.square()
        return 10 * torch.log10((power.transpose(1, 2) @ self.bank).clamp(min=1e-10)).unsqueeze(1)


class HtsatBart(nn.Module):
    """Waveforms of 10 s to embeddings and captions' tokens; transformers' own modules throughout."""

    def __init__(self, shape: HtsatBartShape):
        super().__init__()
        self.log_mel = LogMel64()
        self.encoder = ClapAudioModel(
            ClapAudioConfig(
                num_mel_bins=_MEL_BINS, spec_size=256, patch_size=4, patch_stride=[4, 4], window_size=8,
                patch_embeds_hidden_size=shape.embed, depths=list(shape.depths), num_attention_heads=list(shape.heads),
                hidden_size=shape.embedding_size, qkv_bias=True, enable_fusion=False,
            )
        ).audio_encoder  # fmt: skip
        self.bridge = nn.Linear(shape.embedding_size, shape.text_width)
        text = {"layers": shape.text_layers, "attention_heads": shape.text_heads, "ffn_dim": shape.text_feed_forward}
        sides = {f"{side}_{name}": value for side in ("encoder", "decoder") for name, value in text.items()}
        self.bart = BartForConditionalGeneration(BartConfig(vocab_size=shape.vocabulary, d_model=shape.text_width, **sides))
        # facebook/bart-base has further habits in its configuration, which generation takes over where it is not told better.
        self.bart.generation_config = GenerationConfig(
            num_beams=3, max_length=30, min_length=2, early_stopping=True, no_repeat_ngram_size=3, bos_token_id=0, pad_token_id=1,
            eos_token_id=2, decoder_start_token_id=2, forced_bos_token_id=0, forced_eos_token_id=2,
        )  # fmt: skip

    def embed(self, log_mel: Tensor) -> tuple[Tensor, Tensor]:
        """Log-mel [B, 1, frames, 64] to the mean over frequency and time [B, E], and that over frequency alone [B, 32, E]."""
        heard = self.encoder(log_mel)
        return heard.pooler_output, heard.last_hidden_state.mean(dim=2).transpose(1, 2)

    def remember(self, frames: Tensor) -> Tensor:
        """Frame embeddings [B, 32, E] to what BART's decoder attends to, [B, 1024, text width]."""
        return self.bart.model.encoder(inputs_embeds=self.bridge(frames.repeat_interleave(_REPEATS, 1))).last_hidden_state

    def generate(self, frames: Tensor, **other: object) -> Tensor:
        """Frame embeddings [B, 32, E] to tokens int64 [B, longest] by beam search with 3 beams, at most 30 of them."""
        memory = BaseModelOutput(last_hidden_state=self.remember(frames))
        return self.bart.generate(encoder_outputs=memory, **other)
