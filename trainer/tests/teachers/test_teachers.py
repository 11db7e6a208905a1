import pytest
import torch
from conftest import AUDIO, make_student

from earshot_trainer.captioning import caption_embeddings
from earshot_trainer.decoding import DecodingSettings
from earshot_trainer.errors import TrainerError
from earshot_trainer.model.mobilenet import load_tagger
from earshot_trainer.model.student import save_student
from earshot_trainer.teachers.open_teacher import open_teacher
from earshot_trainer.tokenizer import SPECIAL

WORDS = SPECIAL + [f"w{i}" for i in range(36)]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    path = tmp_path_factory.mktemp("captioner") / "teacher.pt"
    save_student(path, make_student(6), WORDS)
    return path


def sound(teacher) -> torch.Tensor:
    torch.manual_seed(1)
    return 0.1 * torch.randn(3, teacher.history_samples + teacher.window_samples)


def test_the_tagger_embeds_windows_of_the_length_it_is_given(world):
    teacher = open_teacher(f"tagger:{world.tagger}", AUDIO)
    assert (teacher.name, teacher.captions, teacher.window_samples) == ("tagger", False, AUDIO.window_samples)
    heard = teacher.features(sound(teacher))
    clips, frames = teacher.embed(heard)
    assert clips.shape == (3, teacher.embedding_size) and frames.shape == (3, 2, teacher.embedding_size)
    with torch.inference_mode():
        assert torch.allclose(clips, load_tagger(world.tagger).embed(heard[:, None]), atol=1e-5)
    assert torch.equal(teacher.lesson(heard).embeddings, clips) and teacher.lesson(heard).captions is None


def test_a_teacher_without_words_says_which_teachers_have_some(world):
    teacher = open_teacher(f"tagger:{world.tagger}", AUDIO)
    with pytest.raises(TrainerError, match="has no words") as caught:
        teacher.caption(torch.zeros(1, 128, 64))
    assert "captioner:PATH" in caught.value.remedy and "htsat-bart:PATH" in caught.value.remedy


def test_a_captioner_teaches_what_it_says_with_three_beams(checkpoint):
    teacher, student = open_teacher(f"captioner:{checkpoint}"), make_student(6).eval()
    assert teacher.audio == AUDIO and teacher.captions
    heard = teacher.features(sound(teacher)) * torch.tensor([0.2, 1.0, 3.0])[:, None, None]
    clips, frames = teacher.embed(heard)
    assert clips.shape == (3, student.clip_embedding_size) and torch.equal(clips, student.clip_embedding(frames))
    alone = [caption_embeddings(student, one, DecodingSettings(3)).tokens for one in frames]
    said = [" ".join(WORDS[token] for token in tokens if token > 3) for tokens in alone]
    assert teacher.caption(heard) == said and teacher.lesson(heard).captions == said


@pytest.mark.parametrize("spec", ["captioner", "captioner:", "parrot:a.pt", ""])
def test_a_teacher_that_is_none_is_told_with_those_that_are(spec):
    with pytest.raises(TrainerError, match="is no teacher") as caught:
        open_teacher(spec)
    assert "captioner:PATH" in caught.value.remedy and "tagger:PATH" in caught.value.remedy


@pytest.mark.parametrize("device", ["abacus", "meta:x", "cuda:99"])
def test_a_device_that_is_not_there_is_told(checkpoint, device):
    with pytest.raises(TrainerError, match=f"--device {device}: cannot be used"):
        open_teacher(f"captioner:{checkpoint}", device=device)


@pytest.mark.parametrize("kind", ["captioner", "tagger"])
def test_a_checkpoint_that_is_not_there_is_named(kind):
    with pytest.raises(TrainerError, match=r"nowhere\.pt: does not exist"):
        open_teacher(f"{kind}:nowhere.pt")
