from dataclasses import replace

import pytest
import torch
from published import CLOTHO, lively_student

from earshot_trainer.audio.settings import PAPER_AUDIO
from earshot_trainer.errors import TrainerError
from earshot_trainer.model.captioner import load_captioner
from earshot_trainer.model.decoder import DecoderSettings
from earshot_trainer.model.effb2_trm import EffB2Trm, EffB2TrmSettings, load_efficientlatent, sinusoids
from earshot_trainer.model.student import save_student
from earshot_trainer.tokenizer import SPECIAL

WORDS = [*SPECIAL, *(f"word{i}" for i in range(16))]
SHORT = EffB2TrmSettings(DecoderSettings(len(WORDS)), replace(PAPER_AUDIO, segment_frames=65))


@pytest.fixture
def student() -> EffB2Trm:
    torch.manual_seed(0)
    return EffB2Trm(SHORT)


def test_windows_give_embeddings_of_whole_steps_alone_and_their_mean_is_the_clips(student):
    embeddings = student.eval().encode(student.log_mel(0.1 * torch.randn(2, SHORT.audio.window_samples)))
    assert embeddings.shape == (2, 2, 1408) and SHORT.segment_embeddings == 2
    assert torch.equal(student.clip_embedding(embeddings), embeddings.mean(dim=1))
    assert student(embeddings, torch.tensor([[1, 5, 6], [1, 7, 8]])).shape == (2, 3, len(WORDS))


def test_a_checkpoint_rebuilds_the_student(student, tmp_path):
    save_student(tmp_path / "student.pt", student, WORDS, note="kept")
    again, words, extra = load_captioner(tmp_path / "student.pt")
    assert isinstance(again, EffB2Trm) and again.settings == SHORT and words == WORDS and extra == {"note": "kept"}
    assert all(torch.equal(tensor, again.state_dict()[name]) for name, tensor in student.state_dict().items())


def test_in_training_blocks_are_left_out_at_random_and_all_but_the_positions_learns(student):
    log_mel = student.log_mel(0.1 * torch.randn(2, SHORT.audio.window_samples))
    student.train()
    torch.manual_seed(1)
    first, second = student.encode(log_mel), student.encode(log_mel)
    assert not torch.allclose(first, second)
    student(first, torch.tensor([[1, 5, 6], [1, 7, 8]])).logsumexp(dim=-1).sum().backward()
    assert [name for name, parameter in student.named_parameters() if parameter.grad is None] == []
    assert "decoder.positions" not in dict(student.named_parameters())


def test_positions_of_a_new_student_are_sinusoids():
    table = sinusoids(30, 256)
    assert torch.equal(table[0, 0::2], torch.zeros(128)) and torch.equal(table[0, 1::2], torch.ones(128))
    assert float(table[3, 0]) == pytest.approx(0.14112, abs=1e-5)  # sin 3
    assert float(table[3, 255]) == pytest.approx(1, abs=1e-6)


def test_the_encoder_starts_from_efficientlatents_weights_without_their_front_end(student, tmp_path):
    weights = lively_student(CLOTHO).encoder.state_dict()
    torch.save({**weights, "front_end.0.spectrogram.window": torch.zeros(512)}, tmp_path / "effb2.pt")
    load_efficientlatent(student, tmp_path / "effb2.pt")
    assert all(torch.equal(tensor, weights[name]) for name, tensor in student.encoder.state_dict().items())
    del weights["_conv_head.weight"]
    torch.save(weights, tmp_path / "torn.pt")
    with pytest.raises(TrainerError, match=r"torn\.pt: holds the weights of another model \(_conv_head\.weight is missing\)"):
        load_efficientlatent(student, tmp_path / "torn.pt")


@pytest.mark.parametrize("change", [{"window_segments": 2}, {"context_frames": 8}, {"segment_frames": 31}])
def test_windows_it_cannot_see_are_refused(change):
    with pytest.raises(TrainerError, match="effb2-trm"):
        EffB2TrmSettings(DecoderSettings(10), replace(PAPER_AUDIO, **change))
