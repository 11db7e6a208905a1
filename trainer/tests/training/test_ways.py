"""Every way of training, as the command line asks for it, on the tiny world."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
import torch
from conftest import AUDIO, FORM, make_student, run
from synthesis import sine_bursts

from earshot_trainer.data.mixes import Mixes
from earshot_trainer.errors import TrainerError
from earshot_trainer.model.captioner import load_captioner
from earshot_trainer.model.student import save_student
from earshot_trainer.tokenizer import build_vocabulary


@pytest.fixture(scope="module")
def teacher(composed, tmp_path_factory) -> Path:
    """A wider captioner with context layers, of the set's own words; it sees the window as one segment."""
    words = build_vocabulary((row["caption"] for row in Mixes(composed.mixes).rows), 1)
    one_segment = replace(AUDIO, segment_frames=64, window_segments=1)
    student = make_student(6, len(words), audio=one_segment)
    settings = replace(student.settings, context_layers=1)
    torch.manual_seed(6)
    path = tmp_path_factory.mktemp("teacher") / "teacher.pt"
    save_student(path, type(student)(settings), words)
    return path


@pytest.fixture(scope="module")
def lessons(composed, teacher) -> Path:
    out = teacher.parent / "lessons"
    run("teach", "--set", composed.mixes, "--teacher", f"captioner:{teacher}", "--out", out)
    return out


@pytest.fixture(scope="module")
def shards(teacher, tmp_path_factory) -> Path:
    """A folder of recordings that nobody has described, heard by the teacher."""
    sounds = tmp_path_factory.mktemp("sounds")
    for i in range(40):
        soundfile.write(sounds / f"{i}.wav", sine_bursts(0.7, 200 + 50 * i, 32000), 32000)
    out = teacher.parent / "shards"
    run("listen_folder", "--sounds", sounds, "--teacher", f"captioner:{teacher}", "--out", out, *FORM)
    return out


@pytest.fixture
def train(composed, teacher, tmp_path):
    def train(*way: object) -> tuple[Path, dict]:
        files = ["--mixes", composed.mixes, "--validation", composed.validation, "--tagger", composed.tagger]
        steps = ["--frozen-epochs", 0, "--epochs", 1, "--batch", 16, "--vocabulary", teacher, "--out", tmp_path / "run"]
        run("train", *files, *steps, *way)
        return tmp_path / "run", json.loads((tmp_path / "run" / "log.jsonl").read_text().splitlines()[-1])["losses"]

    return train


@pytest.mark.parametrize("kind", ["contrastive", "mse", "mse-raw"])
def test_sequence_and_encoder_distillation_are_added_to_supervision(train, lessons, kind):
    out, losses = train("--lessons", lessons, "--sequence-weight", 1, "--encoder-loss", kind)
    assert losses.keys() == {"supervised", "sequence", "encoder"} and all(value > 0 for value in losses.values())
    student, _, _ = load_captioner(out / "student.pt")
    assert student.settings.projected_size == (256 if kind == "mse-raw" else 0)
    assert student.encode(torch.zeros(1, 128, 64)).shape == (1, 2, 256 if kind == "mse-raw" else 384)


def test_the_heads_of_distillation_stay_in_the_trainer(train, lessons):
    out, _ = train("--lessons", lessons, "--encoder-loss", "contrastive")
    saved = torch.load(out / "end-to-end.pt", weights_only=True)
    assert set(saved["encoder_loss"]) == {"scale", "student.weight", "student.bias", "teacher.weight", "teacher.bias"}
    assert not any("teacher" in name or "scale" in name for name in torch.load(out / "student.pt", weights_only=True)["weights"])


def test_the_decoder_can_be_taught_token_by_token(train, teacher):
    weights = ["--supervised-weight", 0.5, "--token-weight", 0.5, "--encoder-weight", 0]
    _, losses = train("--token-teacher", teacher, *weights, "--frozen-layers", 12)
    assert losses.keys() == {"supervised", "token"} and losses["token"] > 0


def test_the_rest_of_a_set_teaches_without_its_captions(train, lessons):
    _, losses = train(
        "--lessons", lessons, "--limit", 60, "--audio-only-rest", 40, "--sequence-weight", 1, "--encoder-loss", "contrastive",
        "--frozen-layers", 12,
    )  # fmt: skip
    assert losses.keys() == {"supervised", "sequence", "encoder", "audio-only sequence", "audio-only encoder"}


def test_a_folder_of_sound_teaches_without_captions(train, lessons, shards):
    _, losses = train("--lessons", lessons, "--audio-only", shards, "--encoder-loss", "mse", "--audio-only-weight", 0.5)
    assert losses.keys() == {"supervised", "encoder", "audio-only encoder"}


def test_the_papers_settings_are_taken(train, lessons):
    paper = ["--adam", "--weight-decay", 1e-6, "--last-factor", 0.001, "--average-epochs", 5, "--train-batch-norm"]
    out, _ = train("--lessons", lessons, "--encoder-loss", "contrastive", "--sequence-weight", 1, *paper)
    student, _, _ = load_captioner(out / "student.pt")
    fresh = make_student(1).encoder.features[0][1]
    assert not torch.equal(student.encoder.features[0][1].running_mean, fresh.running_mean)


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("--sequence-weight 1", "holds no captions of a teacher"),
        ("--token-weight 1", "--token-weight needs a teacher"),
        ("--lessons {lessons}", "holds embeddings of 256 numbers, the student's has 384"),
        ("--lessons {lessons} --encoder-loss mse-raw --frozen-epochs 1", "projects the embeddings anew"),
        ("--limit 95 --audio-only-rest 40 --encoder-weight 0", "has 5 clips after the first 95, and a batch is 16"),
        ("--student effb2-trm", "holds log-mel of another front end than that of effb2-trm"),
        (
            "--encoder-loss contrastive --audio-only {shards}",
            "holds embeddings of 256 numbers, those of the labelled set have 384",
        ),
    ],
)
def test_what_cannot_be_trained_is_told(train, lessons, shards, way, told):
    with pytest.raises(TrainerError, match=told):
        train(*way.format(lessons=lessons, shards=shards).split())


def test_too_few_lessons_are_told(train, composed, teacher, tmp_path):
    run("teach", "--set", composed.mixes, "--teacher", f"captioner:{teacher}", "--out", tmp_path / "few", "--limit", 50)
    with pytest.raises(TrainerError, match="holds lessons on 50 clips, and 100 are used"):
        train("--lessons", tmp_path / "few", "--encoder-loss", "mse")
