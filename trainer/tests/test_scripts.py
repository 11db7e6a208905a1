import json
import runpy
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from conftest import run

import earshot_trainer.scripts
from earshot_trainer.errors import TrainerError
from earshot_trainer.evaluation.sets import read_items
from earshot_trainer.scripts.quality import percent_lost

FOLDER = Path(earshot_trainer.scripts.__file__).parent
STAGES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in ("__init__", "form", "stage"))


def test_there_is_a_script_a_stage():
    assert STAGES == [
        "ablation", "compare", "compose", "cost", "evaluate", "export", "import_checkpoint", "listen_folder", "listening_set",
        "prepare", "prepare_dataset", "quality", "teach", "train",
    ]  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_every_script_answers_help(stage, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [stage, "--help"])
    sys.modules.pop(f"earshot_trainer.scripts.{stage}", None)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(f"earshot_trainer.scripts.{stage}", run_name="__main__")
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith("usage:") and import_module(f"earshot_trainer.scripts.{stage}").__doc__.split()[0] in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("compose --pool p --captions c --out o --count 0", "--count: '0' is not a whole number of 1 or more"),
        ("train --mixes m --validation v --tagger t --out o --batch x", "--batch: 'x' is not a whole number"),
        ("evaluate --set s", "nothing to score: give --student, --teacher, --captions or --tagger"),
        ("evaluate --set s --student a --teacher b", "score one at a time"),
        ("evaluate --set s --tagger t", "--tagger needs --labels"),
    ],
)
def test_options_that_make_no_sense_are_told(arguments, told, capsys):
    with pytest.raises(SystemExit) as ended:
        run(*arguments.split())
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_a_foreseen_failure_ends_a_script_with_one_line_and_status_1(tmp_path):
    command = [sys.executable, "-m", "earshot_trainer.scripts.prepare", "--sounds", tmp_path, "--out", tmp_path / "pool"]
    done = subprocess.run(command, cwd=FOLDER.parents[1], text=True, capture_output=True)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith(f"error: {tmp_path / 'clips.csv'}: cannot be read") and done.stderr.count("\n") == 1


@pytest.fixture(scope="module")
def trained(composed) -> Path:
    out = composed.root / "run"
    files = ["--mixes", composed.mixes, "--validation", composed.validation, "--tagger", composed.tagger, "--out", out]
    run("train", *files, "--frozen-epochs", 1, "--epochs", 1, "--batch", 16, "--least-count", 1)
    return out


@pytest.fixture(scope="module")
def listening(pooled) -> Path:
    out = pooled.root / "listening"
    files = ["--pool", pooled.pool, "--captions", pooled.validation_captions, "--out", out]
    run("listening_set", *files, "--mixes", 3, "--per-label", 1)
    return out


def test_the_stages_make_a_student_its_figures_and_the_facts_for_its_bundle(composed, trained, listening, tmp_path):
    written = {path.name for path in trained.iterdir()}
    assert {"student.pt", "frozen.pt", "end-to-end.pt", "log.jsonl", "curves.png", "options.json"} <= written
    run("evaluate", "--set", listening, "--student", trained / "student.pt", "--out", tmp_path / "fp32.json")
    tagger = ["--tagger", composed.tagger, "--labels", composed.labels]
    run("evaluate", "--set", listening, *tagger, "--out", tmp_path / "tagger.json")
    said = {item.file: (item.references or ("a frog croaks",))[0] for item in read_items(listening)}
    lines = [json.dumps({"file": str(listening / file), "caption": caption}) for file, caption in said.items()]
    (tmp_path / "captions.jsonl").write_text("\n".join(lines))
    run("evaluate", "--set", listening, "--captions", tmp_path / "captions.jsonl", "--out", tmp_path / "int8.json")
    files = [part for name in ("fp32", "int8", "tagger") for part in (f"--{name}", tmp_path / f"{name}.json")]
    run("quality", "--set", listening, *files, "--run", trained, "--out", tmp_path)
    quality, training = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("quality", "training"))
    assert (quality["composed_validation_mixes"], quality["single_real_sounds"]) == (3, 4)
    assert quality["single_real_sounds_named"] == 0.25 and quality["cider_d_int8"] > 1
    best, best_3 = (quality[f"single_real_sounds_named_by_the_taggers_best_{labels}"] for labels in ("label", "3_labels"))
    assert 0 <= best <= best_3 <= 1
    assert training["mixes"].startswith("100 windows") and "audiocaps" in training["captions"]
    assert training["recipe"] == "1 epochs of the decoder, then 1 end to end; seed 1"


def test_the_loss_by_int8_is_a_share_of_fp32():
    assert percent_lost(0.5, 0.4) == 20 and percent_lost(0.5, 0.51) == -2
    assert percent_lost(0.0, 0.4) is None and percent_lost(None, 0.4) is None


def test_training_again_continues_nothing_and_changes_nothing(composed, trained):
    before, log = (trained / "student.pt").read_bytes(), (trained / "log.jsonl").read_text()
    files = ["--mixes", composed.mixes, "--validation", composed.validation, "--tagger", composed.tagger, "--out", trained]
    run("train", *files, "--frozen-epochs", 1, "--epochs", 1, "--batch", 16, "--least-count", 1)
    assert (trained / "log.jsonl").read_text() == log and len(log.splitlines()) == 2
    assert (trained / "student.pt").read_bytes() == before


def test_sets_of_other_windows_are_not_trained_together(composed, tmp_path):
    other = tmp_path / "other"
    kept = ["--pool", composed.pool, "--captions", composed.validation_captions, "--validation"]
    run("compose", *kept, "--segment-frames", 16, "--window-segments", 2, "--count", 1, "--out", other, "--workers", 1)
    with pytest.raises(TrainerError, match=r"other audio settings than --mixes .*segment_frames 16 instead of 32"):
        run("train", "--mixes", composed.mixes, "--validation", other, "--tagger", composed.tagger, "--out", tmp_path / "run")


def test_an_evaluation_set_holds_only_recordings_kept_for_validation(pooled, listening):
    items = read_items(listening)
    assert [item.kind for item in items] == ["mix"] * 3 + ["single"] * 4
    assert {item.label for item in items[3:]} == {"dog bark", "frog croak", "rain", "siren"}
    assert all((listening / item.file).exists() for item in items)


def test_an_evaluation_set_replaces_another_one_and_nothing_else(pooled, tmp_path):
    (tmp_path / "dear.txt").write_text("keep me")
    with pytest.raises(TrainerError, match="is there already and is no evaluation set"):
        run("listening_set", "--pool", pooled.pool, "--captions", pooled.validation_captions, "--out", tmp_path)
    assert (tmp_path / "dear.txt").exists()


def test_captions_that_leave_recordings_out_are_refused(listening, tmp_path):
    (tmp_path / "captions.jsonl").write_text('{"file": "mix-0000.wav", "caption": "a dog"}\n')
    with pytest.raises(TrainerError, match=r"captions\.jsonl: has no caption of mix-0001\.wav and 5 more"):
        run("evaluate", "--set", listening, "--captions", tmp_path / "captions.jsonl")
    (tmp_path / "captions.jsonl").write_text("no json\n")
    with pytest.raises(TrainerError, match="line 1 is no JSON"):
        run("evaluate", "--set", listening, "--captions", tmp_path / "captions.jsonl")
