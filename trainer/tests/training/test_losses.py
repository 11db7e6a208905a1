import itertools
import math

import pytest
import torch

from earshot_trainer.tokenizer import PAD
from earshot_trainer.training.encoder_distillation import Contrastive, Cosine, MeanSquare, RawMeanSquare
from earshot_trainer.training.losses import next_word_loss, token_loss
from earshot_trainer.training.schedule import learning_rate_factor
from earshot_trainer.training.spec_augment import mask_stripes


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


def test_the_token_loss_is_the_divergence_from_the_teacher_over_words_alone():
    torch.manual_seed(1)
    logits, teacher = torch.randn(2, 3, 5), torch.randn(2, 3, 5)
    tokens = torch.tensor([[1, 4, 2, PAD], [1, 3, 4, 2]])
    p, q = teacher.softmax(-1), logits.softmax(-1)
    divergence = (p * (p / q).log()).sum(-1)
    known = tokens[:, 1:] != PAD
    assert token_loss(logits, teacher, tokens).item() == pytest.approx(divergence[known].mean().item(), rel=1e-5)
    assert token_loss(teacher, teacher, tokens).item() == pytest.approx(0, abs=1e-6)


def test_the_cosine_loss_is_the_distance_of_directions():
    clip = torch.tensor([[1.0, 1.0]])
    assert Cosine()(clip, torch.tensor([[5.0, 5.0]])).item() == pytest.approx(0, abs=1e-6)
    assert Cosine()(clip, torch.tensor([[3.0, 0.0]])).item() == pytest.approx(1 - math.sqrt(0.5))


@pytest.mark.parametrize("exponential", [False, True])
def test_the_contrastive_loss_is_that_of_the_papers_code(exponential):
    torch.manual_seed(2)
    loss, student, teacher = Contrastive(6, 4, exponential), torch.randn(3, 6), torch.randn(3, 4)
    assert loss.scale.item() == pytest.approx(2.659, abs=1e-3)
    s, t = (x / x.norm(dim=1, keepdim=True) for x in (loss.student(student), loss.teacher(teacher)))
    scale = math.exp(2.6592600) if exponential else 2.6592600
    rows = columns = 0.0
    for i in range(3):
        rows -= torch.log_softmax(torch.stack([scale * s[i] @ t[j] for j in range(3)]), 0)[i].item()
        columns -= torch.log_softmax(torch.stack([scale * s[j] @ t[i] for j in range(3)]), 0)[i].item()
    assert loss(student, teacher).item() == pytest.approx((rows + columns) / 6, rel=1e-4)


def test_both_forms_of_the_mean_square_are_means_over_all_elements():
    torch.manual_seed(3)
    loss, student, teacher = MeanSquare(6, 4), torch.randn(3, 6), torch.randn(3, 4)
    difference = loss.student(student) - loss.teacher(teacher)
    assert difference.shape == (3, 1024) and loss(student, teacher).item() == pytest.approx(difference.square().mean().item())
    assert RawMeanSquare()(teacher, teacher + 2).item() == pytest.approx(4, rel=1e-5)


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
