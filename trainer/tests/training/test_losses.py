import itertools
import math

import pytest
import torch

from earshot_trainer.tokenizer import PAD
from earshot_trainer.training.losses import embedding_loss, mask_stripes, next_word_loss
from earshot_trainer.training.schedule import learning_rate_factor


def test_the_next_word_loss_is_the_mean_over_words_with_padding_left_out():
    torch.manual_seed(0)
    logits, tokens = torch.randn(2, 3, 5), torch.tensor([[1, 4, 2, PAD], [1, 3, 4, 2]])
    smooth = 0.1
    terms = []
    for b in range(2):
        for t in range(3):
            target = int(tokens[b, t + 1])
            if target != PAD:
                log_probs = torch.log_softmax(logits[b, t], 0)
                terms.append(-(1 - smooth) * log_probs[target] - smooth * log_probs.mean())
    assert next_word_loss(logits, tokens, smooth).item() == pytest.approx(sum(terms).item() / 5, rel=1e-5)


def test_the_embedding_loss_is_the_cosine_distance_of_the_clip():
    frames = torch.tensor([[[2.0, 0.0], [0.0, 2.0]]])
    assert embedding_loss(frames, torch.tensor([[5.0, 5.0]])).item() == pytest.approx(0, abs=1e-6)
    assert embedding_loss(frames, torch.tensor([[3.0, 0.0]])).item() == pytest.approx(1 - math.sqrt(0.5))


def test_stripes_hide_whole_bands_and_frames_and_nothing_else():
    torch.manual_seed(3)
    masked = mask_stripes(torch.ones(8, 20, 50), 2, 6, 15, -1.0)
    hidden = masked == -1
    rows, columns = hidden.all(dim=2), hidden.all(dim=1)
    assert torch.equal(hidden, rows.unsqueeze(2) | columns.unsqueeze(1))
    assert 0 < rows.sum(dim=1).float().mean() <= 12 and columns.sum(dim=1).max() <= 32


def test_the_learning_rate_warms_up_for_a_fifth_and_then_decays_to_its_last_factor():
    factors = [learning_rate_factor(step, 100, last=0.02) for step in range(101)]
    assert factors[:20] == pytest.approx([(i + 1) / 20 for i in range(20)])
    assert max(factors) == 1 and factors[100] == pytest.approx(0.02)
    assert all(a > b for a, b in itertools.pairwise(factors[20:]))
