import os
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import AUDIO, make_student

from earshot_trainer.errors import TrainerError
from earshot_trainer.model.student import load_student, load_tagger_weights, save_student

PATHS = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


@torch.inference_mode()
def test_a_segment_is_encoded_alike_wherever_it_stands_in_a_window():
    student, log_mel = make_student(1).eval(), torch.randn(1, 128, 64)
    swapped = torch.cat([log_mel[..., 32:], log_mel[..., :32]], dim=-1)
    assert torch.allclose(student.encode(log_mel)[:, 1], student.encode(swapped)[:, 0], atol=1e-5)


@torch.inference_mode()
def test_context_is_seen_but_gives_no_embeddings_of_its_own():
    audio = replace(AUDIO, segment_frames=64, context_frames=32)
    student = make_student(1, audio=audio).eval()
    log_mel = torch.randn(1, 128, 32 + 128)
    embeddings = student.encode(log_mel)
    assert embeddings.shape == (1, 4, 384)
    log_mel[..., :32] += 1
    changed = (student.encode(log_mel) - embeddings).abs().amax(dim=2)[0]
    assert changed[0] > 1e-3 and changed[2:].max() == 0  # the second segment's context is the first segment


def test_a_checkpoint_rebuilds_its_student(tmp_path):
    student, words = make_student(1).eval(), ["<pad>", "dog"]
    save_student(tmp_path / "student.pt", student, words, step=3)
    again, read_words, extra = load_student(tmp_path / "student.pt")
    assert again.settings == student.settings and read_words == words and extra == {"step": 3}
    assert all(torch.equal(a, b) for a, b in zip(student.state_dict().values(), again.state_dict().values(), strict=True))


def test_the_encoder_starts_from_the_tagger(world):
    student = make_student(1)
    load_tagger_weights(student, world.tagger)
    weights = torch.load(world.tagger, weights_only=True)
    assert torch.equal(student.encoder.features[3].block[0][0].weight, weights["features.3.block.0.0.weight"])


def test_a_file_that_is_no_checkpoint_is_named(tmp_path, world):
    with pytest.raises(TrainerError, match=r"tagger\.pt: is no checkpoint of a student"):
        load_student(world.tagger)
    save_student(tmp_path / "student.pt", make_student(1), [])
    with pytest.raises(TrainerError, match=r"features\.|0\.0\.weight is missing"):
        load_tagger_weights(make_student(1), tmp_path / "student.pt")
    torn = tmp_path / "torn.pt"
    torn.write_bytes((tmp_path / "student.pt").read_bytes()[:100_000])
    with pytest.raises(TrainerError, match=r"torn\.pt: is no readable file"):
        load_student(torn)


def test_the_last_good_checkpoint_survives_a_disk_that_fills_up(tmp_path):
    path = tmp_path / "student.pt"
    save_student(path, make_student(1), ["first"])
    code = (
        "import sys; from pathlib import Path; from conftest import make_student;"
        "from earshot_trainer.model.student import save_student; from earshot_trainer.scripts.stage import run_stage;"
        "run_stage(lambda: save_student(Path(sys.argv[1]), make_student(2), ['second']))"
    )

    def fill_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    command, tests = [sys.executable, "-c", code, path], Path(__file__).parents[1]
    done = subprocess.run(command, preexec_fn=fill_disk, cwd=tests, env=PATHS, text=True, capture_output=True)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {path}: cannot be written (File too large). Make room")
    assert load_student(path)[1] == ["first"]
    assert [file.name for file in tmp_path.iterdir()] == ["student.pt"]
