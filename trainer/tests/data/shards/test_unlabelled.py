import shutil
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch
from conftest import AUDIO, FORM, make_student, run
from synthesis import sine_bursts

from earshot_trainer.data.shards.shard import read_origin, read_shard
from earshot_trainer.data.shards.unlabelled import Unlabelled
from earshot_trainer.errors import TrainerError
from earshot_trainer.model.student import save_student
from earshot_trainer.tokenizer import SPECIAL

WORDS = SPECIAL + [f"w{i}" for i in range(36)]


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """25 recordings, each an own tone: 0.3 s to 2.7 s, and one that does not decode."""
    folder = tmp_path_factory.mktemp("sounds")
    for i in range(25):
        soundfile.write(folder / f"{i:02d}.wav", sine_bursts(0.3 + 0.1 * i, 200 + 100 * i, 16000), 16000)
    (folder / "torn.ogg").write_bytes(b"OggS and no more")
    return folder


@pytest.fixture(scope="module")
def captioner(tmp_path_factory):
    path = tmp_path_factory.mktemp("captioner") / "teacher.pt"
    save_student(path, make_student(6), WORDS)
    return path


def listen(sounds, teacher, out, *options):
    run("listen_folder", "--sounds", sounds, "--teacher", teacher, "--out", out, *FORM, "--most", 3, "--per-shard", 7, *options)


@pytest.fixture(scope="module")
def heard(sounds, captioner, tmp_path_factory):
    out = tmp_path_factory.mktemp("heard") / "shards"
    listen(sounds, f"captioner:{captioner}", out)
    return out


@pytest.fixture(scope="module")
def lessons(composed, tmp_path_factory):
    out = tmp_path_factory.mktemp("lessons") / "lessons"
    run("teach", "--set", composed.validation, "--teacher", f"tagger:{composed.tagger}", "--out", out)
    return out


def everything(folder):
    return [item for path in sorted(folder.glob("*.tar")) for item in read_shard(path)]


def test_student_and_teacher_hear_the_same_span_of_every_window(heard, sounds):
    items = everything(heard)
    assert len(items) > 30
    student = make_student(6).eval()
    for item in items[::17]:
        with torch.inference_mode():
            embedding = student.clip_embedding(student.encode(torch.from_numpy(item["log_mel.npy"].astype(np.float32))[None]))[0]
        np.testing.assert_allclose(item["embedding.npy"], embedding.numpy(), rtol=0.02, atol=0.02)
        assert item["log_mel.npy"].dtype == np.float16 and isinstance(item["caption.txt"], str)
        assert (sounds / item["source.json"]["file"]).is_file()
    assert len({item["source.json"]["file"] for item in items}) == 25


def test_what_does_not_decode_is_counted_also_by_a_later_run(heard, sounds, captioner, capsys):
    listen(sounds, f"captioner:{captioner}", heard)
    told = capsys.readouterr().out
    assert "25 recordings written" in told and "1 do not decode" in told and "4 shards by an earlier run" in told
    assert f"left out: {sounds / 'torn.ogg'}: does not decode" in told


def test_an_interrupted_run_ends_with_the_same_shards(heard, sounds, captioner, tmp_path):
    out = shutil.copytree(heard, tmp_path / "shards")
    (out / "shard-000002.tar").unlink()
    listen(sounds, f"captioner:{captioner}", out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {path.name: path.read_bytes() for path in heard.iterdir()}


def test_shards_are_not_continued_with_other_options(heard, sounds, captioner):
    with pytest.raises(TrainerError, match="begun otherwise") as caught:
        listen(sounds, f"captioner:{captioner}", heard, "--cuts", "random", "--seed", 3)
    assert "cuts" in caught.value.message


def test_random_cuts_by_a_teacher_without_words(sounds, world, tmp_path):
    listen(sounds, f"tagger:{world.tagger}", tmp_path / "shards", "--cuts", "random", "--precision", "bf16")
    items = everything(tmp_path / "shards")
    assert all("caption.txt" not in item and item["embedding.npy"].shape == (384,) for item in items)
    assert Unlabelled(tmp_path / "shards", AUDIO, 4, 0).at(0).captions is None
    assert any(item["source.json"]["start"] % 0.64 for item in items)


def fingerprints(batch):
    return [float(mel.sum()) for mel in batch.log_mel]


def test_the_order_depends_on_seed_and_step_alone(heard):
    one, other = Unlabelled(heard, AUDIO, 8, 5), Unlabelled(heard, AUDIO, 8, 5)
    steps = 2 * one.batches + 1
    first = [fingerprints(one.at(step)) for step in range(steps)]
    assert [fingerprints(other.at(step)) for step in range(3, steps)] == first[3:]
    assert fingerprints(other.at(2)) == first[2] and first[0] != first[one.batches]
    assert fingerprints(Unlabelled(heard, AUDIO, 8, 6).at(0)) != first[0]
    epoch = [value for batch in first[: one.batches] for value in batch]
    assert len(epoch) == 8 * one.batches and len(set(epoch)) > 0.9 * len(epoch)


def test_batches_hold_what_the_shards_hold(heard):
    items = {float(item["log_mel.npy"].astype(np.float32).sum(dtype=np.float64)): item for item in everything(heard)}
    batch = Unlabelled(heard, AUDIO, 8, 5).at(1)
    assert Unlabelled(heard, AUDIO, 8, 5).teacher == f"captioner {read_origin(heard / 'shard-000000.tar')['sha256']}"
    assert batch.log_mel.shape == (8, 128, 64) and batch.embeddings.shape == (8, 384)
    for mel, embedding, caption in zip(batch.log_mel, batch.embeddings, batch.captions, strict=True):
        item = min(items.items(), key=lambda pair: abs(pair[0] - float(mel.double().sum())))[1]
        assert np.array_equal(item["embedding.npy"], embedding) and item["caption.txt"] == caption


def test_processes_share_the_shards_and_no_window_between_them(heard):
    seen = []
    for rank in range(2):
        mine = Unlabelled(heard, AUDIO, 2, 5, rank, 2)
        seen.append({value for step in range(mine.batches) for value in fingerprints(mine.at(step))})
    assert seen[0] and seen[1] and not seen[0] & seen[1]
    with pytest.raises(TrainerError, match="holds 4 shards, which 5 processes cannot share") as caught:
        Unlabelled(heard, AUDIO, 2, 5, 0, 5)
    assert "--per-shard" in caught.value.remedy


def test_windows_are_seen_in_the_students_own_segments_or_refused(heard, lessons):
    seen = Unlabelled(heard, replace(AUDIO, segment_frames=64, window_segments=1, context_frames=10), 2, 5).at(0)
    assert seen.log_mel.shape == (2, 128, 74)
    with pytest.raises(TrainerError, match=r"f_max 15000\.0 instead of 14000\.0"):
        Unlabelled(heard, replace(AUDIO, f_max=14000.0), 2, 5)
    with pytest.raises(TrainerError, match="windows of 64 frames instead of 96"):
        Unlabelled(heard, replace(AUDIO, window_segments=3), 2, 5)
    with pytest.raises(TrainerError, match="holds no log-mel"):
        Unlabelled(lessons, AUDIO, 2, 5)


def test_faulty_folders_of_shards_are_told(heard, sounds, captioner, world, tmp_path):
    with pytest.raises(TrainerError, match="a batch is 1000"):
        Unlabelled(heard, AUDIO, 1000, 5)
    out = shutil.copytree(heard, tmp_path / "shards")
    (out / "shard-000001.tar").unlink()
    with pytest.raises(TrainerError, match=r"shard-000001\.tar: is missing") as caught:
        Unlabelled(out, AUDIO, 2, 5)
    assert "listen_folder" in caught.value.remedy
    with pytest.raises(TrainerError, match=r"manifest\.json: is no readable JSON"):
        Unlabelled(tmp_path, AUDIO, 2, 5)
    (tmp_path / "torn").mkdir()
    shutil.copy(sounds / "torn.ogg", tmp_path / "torn")
    with pytest.raises(TrainerError, match="none of its 1 recordings decodes"):
        listen(tmp_path / "torn", f"captioner:{captioner}", tmp_path / "none")
    with pytest.raises(TrainerError, match=r"hears windows of 0\.64 s, the student of 1\.28 s"):
        listen(sounds, f"captioner:{captioner}", tmp_path / "long", "--window-segments", 4)
    assert read_origin(heard / "shard-000000.tar")["teacher"] == "captioner"
