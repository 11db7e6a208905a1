"""The paper's decoder as its authors run it: torch's own, which reads every beam again from its first word at each step."""

import numpy as np
import torch
from torch import Tensor, nn

from earshot_trainer.decoding import PAPER
from earshot_trainer.importing.layout import innermost
from earshot_trainer.tokenizer import END, START


class ReferenceDecoder:
    """Published tensors in the modules they were trained in."""

    def __init__(self, published: dict[str, Tensor]):
        tensors = {innermost(name): tensor for name, tensor in published.items()}
        inner = lambda prefix: {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}  # noqa: E731
        self.project = nn.Sequential(nn.Linear(1408, 256), nn.ReLU(), nn.Dropout(0.2), nn.LayerNorm(256)).eval()
        self.project.load_state_dict(inner("decoder.attn_proj."))
        self.layers = nn.TransformerDecoder(nn.TransformerDecoderLayer(256, 4, 1024, 0.2), 2).eval()
        self.layers.load_state_dict(inner("decoder.model."))
        self.words, self.positions = tensors["decoder.classifier.weight"], tensors["decoder.pos_encoder.pe"]

    @torch.inference_mode()
    def log_probs(self, sequences: list[list[int]], embeddings: Tensor) -> np.ndarray:
        """Of what follows `sequences`, all of one length, about embeddings [M, 1408]: [sequences, words]."""
        length = len(sequences[0])
        embedded = self.words[torch.tensor(sequences)] * 16 + self.positions[:length, 0]
        memory = self.project(embeddings).unsqueeze(1).expand(-1, len(sequences), -1)
        future = torch.triu(torch.full((length, length), float("-inf")), diagonal=1)
        found = self.layers(embedded.transpose(0, 1), memory, tgt_mask=future)[-1]
        return (found @ self.words.T).log_softmax(dim=-1).numpy()

    def say(self, embeddings: Tensor) -> list[int]:
        """The tokens of a beam search by the letter of docs/bundle.md."""
        beams, words = PAPER.beam_size, len(self.words)
        running, scores, done = [[START]] * beams, np.zeros(beams), []
        for t in range(PAPER.max_tokens):
            totals = scores[:, None] + self.log_probs(running, embeddings)
            best = np.argsort(-(totals[:1] if t == 0 else totals), axis=None, kind="stable")[:beams]
            running = [[*running[at // words], int(at % words)] for at in best]
            scores = totals.ravel()[best]
            for beam, sequence in enumerate(running):
                if sequence[-1] == END or t == PAPER.max_tokens - 1:
                    done.append((scores[beam] / (t + 1), sequence[1:]))
                    scores[beam] -= 1000
            if len(done) == beams:
                break
        return max(done, key=lambda pair: pair[0])[1]
