"""Beam search over many clips at once; each clip gets the very sequence that `decoding.beam_search` finds for it."""

from collections.abc import Callable

import torch
from torch import Tensor

from ..decoding import FINISHED_PENALTY, Decoded, DecodingSettings
from ..tokenizer import END, PAD, START, UNKNOWN

Step = Callable[[Tensor, int, Tensor], Tensor]
"""(last tokens int64 [N], position, rows of the call before that they continue [N]) to log-probabilities [N, V].

N is beams times clips, a clip's beams in a row; clips that are done are left out of later calls.
"""


def _best(total: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The `count` highest of each row and where they are; of equal ones the first, which topk does not promise."""
    left, values, indices = total.clone(), [], []
    for _ in range(count):
        value, index = left.max(dim=1, keepdim=True)
        left.scatter_(1, index, -torch.inf)
        values.append(value)
        indices.append(index)
    return torch.cat(values, 1), torch.cat(indices, 1)


def _forbid(log_probs: Tensor, sequences: Tensor) -> None:
    """Rule out special tokens, the last token again, and every pair of words a second time; in place."""
    log_probs[:, :, [PAD, START, UNKNOWN]] = -torch.inf
    if sequences.shape[2]:
        last = sequences[:, :, -1:]
        after = torch.where(sequences[:, :, :-1] == last, sequences[:, :, 1:], last)
        log_probs.scatter_(2, torch.cat([last, after], 2), -torch.inf)


def batched_beam_search(step: Step, clips: int, settings: DecodingSettings, device: torch.device | str = "cpu") -> list[Decoded]:
    """The best sequence of each of `clips` clips; `step` gets and returns tensors on `device`."""
    beams = settings.beam_size
    numbers = torch.arange(clips, device=device)
    tokens, rows = torch.full((clips, beams), START, device=device), torch.arange(clips * beams, device=device)
    scores = torch.zeros(clips, beams, dtype=torch.float64, device=device)
    sequences = torch.zeros(clips, beams, 0, dtype=torch.int64, device=device)
    ended = torch.zeros(clips, dtype=torch.int64, device=device)
    best: list[Decoded | None] = [None] * clips
    for t in range(settings.max_tokens):
        log_probs = step(tokens.flatten(), t, rows).double().unflatten(0, (-1, beams))
        if settings.forbid_repeats:
            log_probs = log_probs.clone()
            _forbid(log_probs, sequences)
        total = scores[:, :1, None] + log_probs[:, :1] if t == 0 else scores[:, :, None] + log_probs
        scores, chosen = _best(total.flatten(1), beams)
        parents, tokens = chosen // log_probs.shape[2], chosen % log_probs.shape[2]
        sequences = torch.cat([sequences.gather(1, parents[:, :, None].expand(-1, -1, t)), tokens[:, :, None]], 2)
        finished = (tokens == END) | (t == settings.max_tokens - 1)
        for clip, beam in finished.nonzero().tolist():
            score, number = float(scores[clip, beam] / (t + 1)), int(numbers[clip])
            if best[number] is None or score > best[number].score:
                best[number] = Decoded(sequences[clip, beam].tolist(), score)
        scores = scores - FINISHED_PENALTY * finished
        ended = ended + finished.sum(1)
        going = (ended != beams).nonzero()[:, 0]
        if not len(going):
            break
        rows = (parents + torch.arange(len(parents), device=device)[:, None] * beams)[going].flatten()
        numbers, tokens, scores, sequences, ended = (kept[going] for kept in (numbers, tokens, scores, sequences, ended))
    return [decoded for decoded in best if decoded]
