import shutil
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from conftest import AUDIO, make_student, run

from earshot_trainer.data.mixes import Mixes
from earshot_trainer.data.shards.lessons import read_lessons
from earshot_trainer.errors import TrainerError
from earshot_trainer.model.student import save_student
from earshot_trainer.teachers.open_teacher import open_teacher
from earshot_trainer.tokenizer import SPECIAL

WORDS = SPECIAL + [f"w{i}" for i in range(36)]


def teach(composed, spec, out, *options):
    run("teach", "--set", composed.mixes, "--teacher", spec, "--out", out, "--per-shard", 40, *options)


@pytest.fixture(scope="module")
def captioner(tmp_path_factory):
    """A teacher that sees as one segment, with context, what the set cut into two without."""
    path = tmp_path_factory.mktemp("captioner") / "teacher.pt"
    save_student(path, make_student(6, audio=replace(AUDIO, segment_frames=64, window_segments=1, context_frames=8)), WORDS)
    return path


@pytest.fixture(scope="module")
def taught(composed, captioner, tmp_path_factory):
    out = tmp_path_factory.mktemp("taught") / "lessons"
    teach(composed, f"captioner:{captioner}", out)
    return out


def test_the_taggers_lessons_are_those_that_compose_keeps(composed, tmp_path):
    teach(composed, f"tagger:{composed.tagger}", tmp_path / "lessons")
    lessons = read_lessons(tmp_path / "lessons", composed.mixes)
    # Compose embeds log-mel before it is rounded to 16 bits.
    np.testing.assert_allclose(lessons.embeddings, Mixes(composed.mixes).teacher, rtol=0.02, atol=0.02)
    assert lessons.embeddings.dtype == np.float32 and lessons.captions is None


def test_a_captioner_teaches_embeddings_and_captions_in_the_order_of_the_set(composed, captioner, taught):
    lessons = read_lessons(taught, composed.mixes)
    assert len(lessons.embeddings) == len(lessons.captions) == 100 and len(list(taught.glob("*.tar"))) == 3
    teacher, mixes = open_teacher(f"captioner:{captioner}"), Mixes(composed.mixes)
    mixes.recut(64, 8)
    some = np.array([3, 50, 99])
    lesson = teacher.lesson(mixes.batch(some))
    assert [lessons.captions[i] for i in some] == lesson.captions
    assert lessons.teacher == f"captioner {sha256(captioner.read_bytes()).hexdigest()}"
    np.testing.assert_allclose(lessons.embeddings[some], lesson.embeddings.numpy(), rtol=1e-3, atol=1e-4)


def test_an_interrupted_run_goes_on_at_the_next_shard(composed, captioner, taught, tmp_path, capsys):
    out = shutil.copytree(taught, tmp_path / "lessons")
    whole = {path.name: path.read_bytes() for path in out.iterdir()}
    (out / "shard-000001.tar").unlink()
    kept = (out / "shard-000002.tar").stat().st_mtime_ns
    with pytest.raises(TrainerError, match=r"shard-000001\.tar: is missing, of 3 shards"):
        read_lessons(out)
    teach(composed, f"captioner:{captioner}", out)
    assert (out / "shard-000002.tar").stat().st_mtime_ns == kept and "2 shards by an earlier run" in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in out.iterdir()} == whole


def test_in_half_precision_the_lessons_are_nearly_the_same(composed, captioner, taught, tmp_path):
    teach(composed, f"captioner:{captioner}", tmp_path / "lessons", "--precision", "bf16", "--threads", 1)
    half, full = read_lessons(tmp_path / "lessons").embeddings, read_lessons(taught).embeddings
    difference = np.abs(half - full).mean()
    assert 0 < difference < 0.1 * np.abs(full).mean()


def test_lessons_of_another_teacher_or_set_are_not_mixed(composed, taught, tmp_path):
    with pytest.raises(TrainerError, match="teacher tagger instead of captioner"):
        teach(composed, f"tagger:{composed.tagger}", taught)
    save_student(tmp_path / "other.pt", make_student(7), WORDS)
    with pytest.raises(TrainerError, match=r"sha256 .* instead of .*") as caught:
        teach(composed, f"captioner:{tmp_path / 'other.pt'}", taught)
    assert "--out another folder" in caught.value.remedy
    with pytest.raises(TrainerError, match="lessons on another set than"):
        read_lessons(taught, composed.validation)
    with pytest.raises(TrainerError, match=r"set\.json: cannot be read"):
        read_lessons(taught, tmp_path)


def test_a_shard_of_another_teacher_is_refused(composed, taught, tmp_path):
    out = shutil.copytree(taught, tmp_path / "lessons")
    teach(composed, f"tagger:{composed.tagger}", tmp_path / "tagger")
    shutil.copy(tmp_path / "tagger" / "shard-000001.tar", out)
    with pytest.raises(TrainerError, match=r"shard-000001\.tar: was made by something else .*teacher tagger instead of cap"):
        read_lessons(out)


def test_a_torn_or_foreign_shard_is_refused_by_name(taught, tmp_path):
    out = shutil.copytree(taught, tmp_path / "lessons")
    shard = out / "shard-000001.tar"
    data = shard.read_bytes()
    for torn in (data[:10_000], data[:700], b"", b"no tar at all" * 100):
        shard.write_bytes(torn)
        with pytest.raises(TrainerError, match=r"shard-000001\.tar") as caught:
            read_lessons(out)
        assert "Remove that shard" in caught.value.remedy
    (out / "manifest.json").unlink()
    with pytest.raises(TrainerError, match=r"manifest\.json: is no readable JSON"):
        read_lessons(out)


def test_a_shard_that_stands_in_for_another_is_refused(taught, tmp_path):
    out = shutil.copytree(taught, tmp_path / "lessons")
    shutil.copy(out / "shard-000000.tar", out / "shard-000001.tar")
    with pytest.raises(TrainerError, match=r"shard-000001\.tar: holds mix 000000000 where 40 is due"):
        read_lessons(out)


def test_a_set_that_the_teacher_cannot_hear_is_refused_before_anything_is_written(composed, tmp_path):
    path = tmp_path / "long.pt"
    save_student(path, make_student(6, audio=replace(AUDIO, segment_frames=96, window_segments=1)), WORDS)
    with pytest.raises(TrainerError, match="windows of 64 frames instead of 96"):
        teach(composed, f"captioner:{path}", tmp_path / "lessons")
    save_student(path, make_student(6, audio=replace(AUDIO, f_max=14000.0)), WORDS)
    with pytest.raises(TrainerError, match=r"f_max 15000\.0 instead of 14000\.0"):
        teach(composed, f"captioner:{path}", tmp_path / "lessons")
    assert not (tmp_path / "lessons").exists()
