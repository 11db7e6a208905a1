import csv
import json

import numpy as np
import pytest
import soundfile
import torch
from conftest import AUDIO, FORM, make_student, run
from synthesis import noise, sine_bursts

from earshot_trainer.audio.load import load_mono
from earshot_trainer.audio.settings import PAPER_AUDIO
from earshot_trainer.data.datasets.windows import window_at
from earshot_trainer.data.mixes import Mixes
from earshot_trainer.data.shards.lessons import read_lessons
from earshot_trainer.errors import TrainerError
from earshot_trainer.model.student import save_student
from earshot_trainer.teachers.hearing import windows_for
from earshot_trainer.teachers.open_teacher import open_teacher
from earshot_trainer.tokenizer import SPECIAL


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """60 recordings of a second with two captions each, one of them torn, and one that is listed but not there."""
    folder = tmp_path_factory.mktemp("dataset")
    rng = np.random.default_rng(1)
    rows = [["path", "caption_1", "caption_2"], ["gone.wav", "Nothing", ""]]
    for i in range(60):
        samples = sine_bursts(1.0, 300 + 20 * i, 16000) + noise(1.0, rng, 16000)
        soundfile.write(folder / f"{i}.wav", 0.1 * samples, 16000)
        rows.append([f"{i}.wav", f"Sound number {i}", f"The {i}th sound"])
    (folder / "7.wav").write_bytes((folder / "7.wav").read_bytes()[:30])
    with open(folder / "own.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return folder


@pytest.fixture(scope="module")
def prepared(dataset, tmp_path_factory):
    out = tmp_path_factory.mktemp("prepared") / "set"
    run("prepare_dataset", "--captions", dataset / "own.csv", *FORM, "--out", out, "--workers", 1)
    return out


def test_a_data_set_becomes_a_set_as_the_composed_ones_are(prepared, dataset):
    mixes = Mixes(prepared)
    assert mixes.audio == AUDIO and len(mixes) == 59 and mixes.teacher.shape == (59, 0)
    row = mixes.rows[8]
    assert row["caption"] == "sound number 9" and row["captions"] == row["references"] == ["sound number 9", "the 9th sound"]
    samples = load_mono(dataset / "9.wav", 32000)
    wave = window_at(samples, 32000, row["start"], AUDIO.history_samples, AUDIO.window_samples)
    expected = make_student(1).log_mel(torch.from_numpy(wave)[None])[0]
    np.testing.assert_allclose(mixes.log_mel[8], expected, atol=0.01)


def test_what_is_missing_or_torn_is_counted_and_told(dataset, tmp_path, capsys):
    run("prepare_dataset", "--captions", dataset / "own.csv", *FORM, "--out", tmp_path / "set", "--workers", 2)
    told = capsys.readouterr().out
    assert "59 windows of 59 recordings" in told and "1 are missing, 1 do not decode" in told
    assert "missing: gone.wav" in told and f"left out: {dataset / '7.wav'}: does not decode" in told


def test_a_set_that_is_there_is_not_made_again_but_its_faults_are_told(prepared, dataset, capsys):
    before = {path.name: path.stat().st_mtime_ns for path in prepared.iterdir()}
    run("prepare_dataset", "--captions", dataset / "own.csv", *FORM, "--out", prepared, "--workers", 1)
    assert {path.name: path.stat().st_mtime_ns for path in prepared.iterdir()} == before
    assert "1 do not decode" in capsys.readouterr().out


def test_an_interrupted_set_goes_on_to_the_same_set(prepared, dataset, tmp_path):
    out = tmp_path / "set"
    out.mkdir()
    whole = {path.name: path.read_bytes() for path in prepared.iterdir()}
    description = json.loads(whole["set.json"])
    lines = b"".join(whole["captions.jsonl"].splitlines(keepends=True)[:49])
    lengths = {"log_mel.f16": 49 * 128 * 64 * 2, "teacher.f32": 0, "captions.jsonl": len(lines)}
    for name, length in lengths.items():
        (out / name).write_bytes(whole.get(name, b"")[:length] + b"torn")
    state = {"job": description["job"], "chunks": 1, "rows": 49, "left_out": description["left_out"], "bytes": lengths}
    (out / "composing.json").write_text(json.dumps(state))
    run("prepare_dataset", "--captions", dataset / "own.csv", *FORM, "--out", out, "--workers", 1)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == whole


def test_every_caption_can_have_a_window_of_its_own(dataset, tmp_path):
    run("prepare_dataset", "--captions", dataset / "own.csv", "--each-caption", *FORM, "--out", tmp_path / "set", "--workers", 1)
    mixes = Mixes(tmp_path / "set")
    assert len(mixes) == 118 and [row["caption"] for row in mixes.rows[:2]] == ["sound number 0", "the 0th sound"]
    assert mixes.rows[0]["references"] == ["sound number 0", "the 0th sound"]
    assert sum(one["start"] != other["start"] for one, other in zip(mixes.rows[::2], mixes.rows[1::2], strict=True)) > 40


def test_the_papers_front_end_can_be_asked_for(dataset, tmp_path):
    form = ["--front-end", "effb2-trm", "--segment-frames", 65]
    run("prepare_dataset", "--captions", dataset / "own.csv", *form, "--out", tmp_path / "set", "--workers", 1)
    mixes = Mixes(tmp_path / "set")
    assert mixes.log_mel.shape == (59, 64, 65) and mixes.audio.framing == "center"
    assert float(mixes.log_mel.max()) < 100 and PAPER_AUDIO.framing == mixes.audio.framing
    with pytest.raises(TrainerError, match="sees a window as one segment"):
        run("prepare_dataset", "--captions", dataset / "own.csv", *form, "--window-segments", 2, "--out", tmp_path)


def test_a_teacher_of_another_front_end_hears_the_recordings_themselves(dataset, tmp_path):
    """The student's set is in its own 16 kHz form; the teacher goes back to the files, to the same spans."""
    student = ["--front-end", "effb2-trm", "--segment-frames", 65]  # 0.64 s, as the teacher's window
    run("prepare_dataset", "--captions", dataset / "own.csv", *student, "--out", tmp_path / "set", "--workers", 1)
    path = tmp_path / "teacher.pt"
    save_student(path, make_student(6), SPECIAL + [f"w{i}" for i in range(36)])
    run("teach", "--set", tmp_path / "set", "--teacher", f"captioner:{path}", "--out", tmp_path / "lessons")
    lessons, row = read_lessons(tmp_path / "lessons", tmp_path / "set"), Mixes(tmp_path / "set").rows[20]
    teacher = open_teacher(f"captioner:{path}")
    lesson = teacher.lesson(teacher.features(windows_for(teacher, dataset / row["file"], [row["start"]])))
    np.testing.assert_allclose(lessons.embeddings[20], lesson.embeddings[0].numpy(), rtol=1e-3, atol=1e-3)
    assert lessons.captions[20] == lesson.captions[0] and 0 < row["start"] <= 0.36


def test_a_row_without_any_caption_is_told_by_name(dataset, tmp_path):
    (tmp_path / "own.csv").write_text("path,caption\n1.wav,A sound\n2.wav,\n")
    with pytest.raises(TrainerError, match=r"2\.wav: has no caption"):
        run("prepare_dataset", "--captions", tmp_path / "own.csv", "--audio", dataset, *FORM, "--out", tmp_path / "set")
