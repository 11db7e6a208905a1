import json

import pytest
from conftest import run

from earshot_trainer.errors import TrainerError
from earshot_trainer.evaluation.comparison import Row, comparison_table, plot_comparison

PNG = b"\x89PNG\r\n\x1a\n"


def test_means_and_spread_over_seeds_are_shown_in_picture_and_table(tmp_path):
    rows = [Row("supervised", (0.5, 0.6, 0.7)), Row("+ contrastive", (0.8,))]
    plot_comparison(rows, tmp_path / "bars.png")
    assert (tmp_path / "bars.png").read_bytes().startswith(PNG)
    table = comparison_table(rows)
    assert "| supervised | 0.600 ± 0.100 | 0.500, 0.600, 0.700 |" in table and "| + contrastive | 0.800 | 0.800 |" in table


def test_runs_are_compared_by_the_figures_that_evaluate_wrote(tmp_path, capsys):
    for name, value in [("a1", 0.5), ("a2", 0.7), ("b1", 0.9)]:
        (tmp_path / f"{name}.json").write_text(json.dumps({"cider_d": value, "mixes": 600}))
    runs = [f"alone={tmp_path / 'a1.json'},{tmp_path / 'a2.json'}", f"distilled={tmp_path / 'b1.json'}"]
    run("compare", "--runs", *runs, "--out", tmp_path / "out")
    facts = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert [(row["name"], row["mean"]) for row in facts["rows"]] == [("alone", pytest.approx(0.6)), ("distilled", 0.9)]
    assert (tmp_path / "out" / "comparison.png").read_bytes().startswith(PNG)
    assert (tmp_path / "out" / "comparison.md").read_text() in capsys.readouterr().out


@pytest.mark.parametrize(
    ("runs", "told"),
    [("alone", "is not NAME=FILE"), ("a=nowhere.json", "no readable JSON"), ("a={figures}", r"no figure cider_d \(it has mixe")],
)
def test_runs_that_cannot_be_compared_are_told(tmp_path, runs, told):
    (tmp_path / "figures.json").write_text('{"mixes": 3}')
    with pytest.raises(TrainerError, match=told):
        run("compare", "--runs", runs.format(figures=tmp_path / "figures.json"), "--out", tmp_path / "out")
    with pytest.raises(TrainerError, match="nothing to compare"):
        plot_comparison([], tmp_path / "bars.png")
