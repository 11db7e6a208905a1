"""The paper's recipe from recordings to bundle, stage by stage, on recordings of half a second."""

import csv
import json
from pathlib import Path

import pytest
import soundfile
from conftest import make_student, run
from synthesis import sine_bursts

from earshot_trainer.model.captioner import load_captioner
from earshot_trainer.model.student import save_student
from earshot_trainer.tokenizer import build_vocabulary

FORM = ["--front-end", "effb2-trm", "--segment-frames", 65]
PAPER = ["--adam", "--weight-decay", 1e-6, "--last-factor", 0.001, "--average-epochs", 5, "--train-batch-norm"]


def write_recordings(folder: Path, count: int) -> Path:
    """Recordings of 0.64 s, and a csv of their path and caption beside them."""
    folder.mkdir()
    rows = []
    for i in range(count):
        soundfile.write(folder / f"{i}.wav", sine_bursts(0.64, 200 + 40 * i, 32000), 32000)
        rows.append((f"{i}.wav", f"a {'low' if i < count // 2 else 'high'} tone sounds {'once' if i % 2 else 'again'}"))
    with open(folder / "captions.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("path", "caption"), *rows])
    return folder / "captions.csv"


@pytest.fixture(scope="module")
def student(tmp_path_factory) -> Path:
    """Everything up to the student: two sets, a teacher of another front end, its lessons, sound without captions, training."""
    root = tmp_path_factory.mktemp("paper")
    for name, count in (("train", 24), ("validation", 32)):
        run("prepare_dataset", "--captions", write_recordings(root / name, count), "--out", root / f"{name}-set", *FORM)
    words = build_vocabulary(["a low tone sounds once again", "a high tone"], 1)
    save_student(root / "teacher.pt", make_student(6, len(words)), words)
    teacher = ["--teacher", f"captioner:{root / 'teacher.pt'}"]
    run("teach", "--set", root / "train-set", *teacher, "--out", root / "lessons")
    run("listen_folder", "--sounds", root / "validation", *teacher, "--out", root / "unlabelled", *FORM)
    files = ["--mixes", root / "train-set", "--validation", root / "validation-set", "--lessons", root / "lessons"]
    losses = ["--audio-only", root / "unlabelled", "--sequence-weight", 1, "--encoder-loss", "contrastive"]
    steps = ["--frozen-epochs", 0, "--epochs", 2, "--batch", 8, "--rate", 5e-4, "--encoder-rate", 5e-4, "--least-count", 1]
    run("train", "--student", "effb2-trm", *files, *losses, *PAPER, *steps, "--out", root / "run")
    return root / "run" / "student.pt"


def test_the_papers_student_is_trained_on_all_its_losses(student):
    captioner, words, _ = load_captioner(student)
    assert captioner.settings.architecture == "effb2-trm" and "tone" in words
    last = json.loads((student.parent / "log.jsonl").read_text().splitlines()[-1])["losses"]
    assert last.keys() == {"supervised", "sequence", "encoder", "audio-only sequence", "audio-only encoder"}


def test_it_is_scored_on_a_set_and_becomes_a_bundle(student, tmp_path):
    root = student.parents[1]
    run("evaluate", "--set", root / "validation-set", "--student", student, "--beam", 3, "--out", tmp_path / "figures.json")
    assert json.loads((tmp_path / "figures.json").read_text())["cider_d"] >= 0
    run("export", "--student", student, "--recordings", root / "validation", "--calibration", 4, "--out", tmp_path / "bundle")
    manifest = json.loads((tmp_path / "bundle" / "manifest.json").read_text())
    assert manifest["audio"]["framing"] == "center" and manifest["segment"]["per_window"] == 1
    assert manifest["decoding"] == {"beam_size": 3, "max_tokens": 20, "forbid_repeats": False}
