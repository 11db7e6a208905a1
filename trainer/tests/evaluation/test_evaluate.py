import json

import pytest
from conftest import make_student, run
from synthesis import CAPTIONS

from earshot_trainer.data.captions import normalise
from earshot_trainer.data.mixes import Mixes
from earshot_trainer.errors import TrainerError
from earshot_trainer.evaluation.sets import read_items
from earshot_trainer.model.student import save_student
from earshot_trainer.tokenizer import SPECIAL


@pytest.fixture(scope="module")
def student(tmp_path_factory):
    path = tmp_path_factory.mktemp("student") / "student.pt"
    words = sorted({word for caption in CAPTIONS for word in normalise(caption).split()})
    save_student(path, make_student(6, len(words) + 4), SPECIAL + words)
    return path


def test_a_set_to_train_on_can_be_scored_too(composed, student, tmp_path):
    run("evaluate", "--set", composed.validation, "--student", student, "--beam", 3, "--out", tmp_path / "run" / "metrics.json")
    figures = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert figures["mixes"] == 50 and {"bleu_1", "bleu_4", "rouge_l", "cider_d"} <= figures.keys() and 0 < figures["bleu_1"] < 1
    run("evaluate", "--set", composed.validation, "--teacher", f"captioner:{student}", "--out", tmp_path / "teacher.json")
    assert json.loads((tmp_path / "teacher.json").read_text()) == figures
    items, rows = read_items(composed.validation), Mixes(composed.validation).rows
    assert [list(item.references) for item in items] == [row["references"] for row in rows] and len({i.file for i in items}) == 50


def test_what_a_metric_lacks_is_said_before_anything_is_captioned(composed, student, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TrainerError, match="METEOR needs Java"):
        run("evaluate", "--set", tmp_path / "nowhere", "--student", student, "--also", "meteor")
    with pytest.raises(TrainerError, match="SPICE needs Java"):
        run("evaluate", "--set", tmp_path / "nowhere", "--student", student, "--also", "spice")


def test_a_set_of_log_mel_has_nothing_for_the_tagger_or_the_daemon(composed, world):
    with pytest.raises(TrainerError, match="holds log-mel, and --captions and --tagger need recordings"):
        run("evaluate", "--set", composed.validation, "--tagger", world.tagger, "--labels", world.labels)


def test_a_teacher_without_words_cannot_be_scored(composed, world):
    with pytest.raises(TrainerError, match="has no words for it"):
        run("evaluate", "--set", composed.validation, "--teacher", f"tagger:{world.tagger}")
