import stat
import sys

import pytest

from earshot_trainer.errors import TrainerError
from earshot_trainer.evaluation.java_metrics import meteor, require_spice
from earshot_trainer.evaluation.metrics import pair

PAIRS = pair({"1": "a dog barks", "2": "rain"}, {"1": ("a dog",), "2": ("rain falls", "rain")})
SPEAKS = """
import sys
for line in sys.stdin:
    if line.startswith("SCORE"):
        print(len(line.split("|||")), flush=True)
    else:
        counts = [int(part) for part in line.split("|||")[1:]]
        print(*(count / 10 for count in counts), sum(counts) / 100, sep="\\n", flush=True)
"""


def put_java(folder, monkeypatch, script: str | None) -> None:
    """A program called java on PATH, and nothing else; or nothing at all."""
    folder.mkdir()
    if script is not None:
        (folder / "java").write_text(f"#!{sys.executable}\n{script}")
        (folder / "java").chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", str(folder))


def test_meteor_asks_its_java_program_for_all_clips(tmp_path, monkeypatch):
    put_java(tmp_path / "bin", monkeypatch, SPEAKS)
    assert meteor(PAIRS) == pytest.approx(0.07)


def test_without_java_it_is_said_what_to_do(tmp_path, monkeypatch):
    put_java(tmp_path / "bin", monkeypatch, None)
    with pytest.raises(TrainerError, match="METEOR needs Java") as caught:
        meteor(PAIRS)
    assert "Install a Java runtime" in caught.value.remedy
    with pytest.raises(TrainerError, match="SPICE needs Java"):
        require_spice()


def test_a_java_program_that_fails_is_told(tmp_path, monkeypatch):
    out_of_memory = "import sys\nfor line in sys.stdin: print('' if line.startswith('SCORE') else 'no memory', flush=True)"
    put_java(tmp_path / "bin", monkeypatch, out_of_memory)
    with pytest.raises(TrainerError, match="METEOR: its Java program failed"):
        meteor(PAIRS)


def test_spice_names_the_files_that_are_missing_and_fetches_nothing(tmp_path, monkeypatch):
    put_java(tmp_path / "bin", monkeypatch, "")
    with pytest.raises(TrainerError, match=r"corenlp-3\.6\.0\.jar and stanford-corenlp-3\.6\.0-models\.jar in ") as caught:
        require_spice()
    assert "stanford-corenlp-full-2015-12-09.zip" in caught.value.remedy
