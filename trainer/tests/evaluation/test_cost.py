import json

import pytest
from conftest import make_student, run

from earshot_trainer.errors import TrainerError
from earshot_trainer.evaluation import contestants
from earshot_trainer.model.student import save_student
from earshot_trainer.teachers.htsat_bart_model import HtsatBartShape
from earshot_trainer.tokenizer import SPECIAL


def test_every_captioner_is_measured_on_the_same_ten_seconds(tmp_path, monkeypatch):
    small = HtsatBartShape(8, (2, 1, 1, 1), (1, 2, 4, 8), 32, 1, 2, 64, 40)
    monkeypatch.setattr(contestants, "HtsatBartShape", lambda: small)
    save_student(tmp_path / "other.pt", make_student(6), SPECIAL + [f"w{i}" for i in range(36)])
    run("cost", "--out", tmp_path / "cost", "--rounds", 1, "--captioner", f"other={tmp_path / 'other.pt'}")
    facts = json.loads((tmp_path / "cost" / "cost.json").read_text())
    costs = {cost["name"]: cost for cost in facts["costs"]}
    assert list(costs) == ["HTSAT-BART", "other", "effb2-trm", "default student"] and facts["threads"] == 1
    paper = costs["effb2-trm"]
    # 839 M of the encoder and 209 M of the decoder's 20 steps with 3 beams were counted apart; the mel bank comes on top.
    assert paper["parameters"] == 11_443_650
    assert paper["encoder_multiply_adds"] == pytest.approx(839e6 + 1001 * 257 * 64, rel=0.01)
    assert paper["multiply_adds"] - paper["encoder_multiply_adds"] == pytest.approx(209e6, rel=0.02)
    assert costs["HTSAT-BART"]["times_faster"] == 1 and costs["default student"]["how"] == "greedy"
    assert all(0 < cost["encoder_seconds"] < cost["seconds"] <= cost["slowest_seconds"] for cost in costs.values())
    assert "| effb2-trm, beam 3 | 11.44 M |" in (tmp_path / "cost" / "cost.md").read_text()
    assert (tmp_path / "cost" / "cost.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("option", "told"), [("other", "is not NAME=PATH"), ("other=nowhere.pt", "does not exist")])
def test_a_captioner_that_is_none_is_told(tmp_path, option, told):
    with pytest.raises(TrainerError, match=told):
        run("cost", "--out", tmp_path, "--captioner", option)
