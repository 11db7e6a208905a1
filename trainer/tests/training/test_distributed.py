"""Two processes train as one does: real processes, started by torchrun, that talk over gloo."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from conftest import run

from earshot_trainer.errors import TrainerError
from earshot_trainer.model.student import load_student
from earshot_trainer.training import distributed

STAGE = "earshot_trainer.scripts.train"
# Nothing is left to chance but the order of the mixes, which is the same for all.
STEADY = ["--dropout", 0, "--no-augmentation", "--precision", "fp32", "--label-smoothing", 0]
WAY = ["--frozen-epochs", 0, "--epochs", 3, "--batch", 16, "--least-count", 1, "--encoder-loss", "contrastive", *STEADY]


def options(composed, out: Path) -> list[str]:
    files = ["--mixes", composed.mixes, "--validation", composed.validation, "--tagger", composed.tagger, "--out", out]
    return list(map(str, [*files, *WAY]))


COMMAND = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", STAGE]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def torchrun(composed, out: Path) -> subprocess.CompletedProcess:
    return subprocess.run([*COMMAND, *options(composed, out)], text=True, capture_output=True, env=ENVIRONMENT)


def read_log(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def both(composed, tmp_path_factory) -> tuple[Path, Path]:
    """The same run by one process and by two."""
    root = tmp_path_factory.mktemp("processes")
    run("train", *options(composed, root / "one"))
    done = torchrun(composed, root / "two")
    assert done.returncode == 0, done.stderr[-2000:]
    return root / "one", root / "two"


def test_two_processes_have_the_loss_curve_of_one(both):
    one, two = map(read_log, both)
    assert len(one) == len(two) == 3
    for alone, together in zip(one, two, strict=True):
        assert together["losses"] == pytest.approx(alone["losses"], rel=1e-3)
        assert together["validation"] == pytest.approx(alone["validation"], rel=1e-3)
    assert one[2]["validation"] < one[0]["validation"]


def test_two_processes_end_with_the_weights_of_one(both):
    one, two = (load_student(folder / "student.pt")[0].state_dict() for folder in both)
    for name in one:
        torch.testing.assert_close(two[name], one[name], rtol=0, atol=5e-3, msg=name)


def test_an_interrupted_run_of_two_processes_ends_with_the_same_weights(both, composed, tmp_path):
    with open(tmp_path / "said.txt", "w") as said:
        cut = subprocess.Popen(
            [*COMMAND, *options(composed, tmp_path / "run")], env=ENVIRONMENT, stdout=said, stderr=said, start_new_session=True
        )
    checkpoint = tmp_path / "run" / "end-to-end.pt"
    while not checkpoint.exists() and cut.poll() is None:
        time.sleep(0.02)
    os.killpg(cut.pid, signal.SIGKILL)
    cut.wait()
    assert not (tmp_path / "run" / "student.pt").exists(), "the run was over before it could be interrupted"
    done = torchrun(composed, tmp_path / "run")
    assert done.returncode == 0, done.stderr[-2000:]
    whole, continued = (load_student(folder / "student.pt")[0].state_dict() for folder in (both[1], tmp_path / "run"))
    assert all(torch.equal(whole[name], continued[name]) for name in whole)


def test_a_batch_that_cannot_be_shared_is_told(monkeypatch):
    monkeypatch.setattr(distributed, "world", lambda: 2)
    distributed.require_divisible(16)
    with pytest.raises(TrainerError, match="--batch 15 cannot be shared by 2 processes alike"):
        distributed.require_divisible(15)
