import json
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import AUDIO, FORM, run

from earshot_trainer.audio.logmel import silence_level
from earshot_trainer.data.captions import read_captions
from earshot_trainer.data.compose import ScriptChooser, write_scripts
from earshot_trainer.data.concept_pools import candidates, is_validation
from earshot_trainer.data.lexicon import load_concepts
from earshot_trainer.data.mixes import Mixes
from earshot_trainer.data.pool import Pool
from earshot_trainer.data.write_mixes import CHUNK, Composer, MixJob
from earshot_trainer.errors import TrainerError

TRAINER = Path(__file__).parents[2]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_set_holds_as_many_mixes_as_were_asked_for(mixes):
    assert len(mixes) == 100 and mixes.audio == AUDIO
    assert mixes.log_mel.shape == (100, 128, 64) and mixes.teacher.shape == (100, 384)
    assert np.isfinite(np.asarray(mixes.log_mel, np.float32)).all()
    assert float(mixes.log_mel.min()) >= silence_level(AUDIO) - 0.01
    assert {row["caption"] for row in mixes.rows} <= {c for row in mixes.rows for c in row["references"]}
    assert len({row["caption"] for row in mixes.rows}) > 5


def test_a_set_without_a_teacher_has_no_embeddings(composed):
    assert Mixes(composed.validation).teacher.shape == (50, 0)


def test_training_and_validation_mixes_share_no_recording(composed):
    clips = Pool(composed.pool).clips
    for folder, side in [(composed.mixes, False), (composed.validation, True)]:
        groups = {clips[clip].group for row in Mixes(folder).rows for clip in row["clips"]}
        assert groups and {is_validation(group) for group in groups} == {side}


def test_a_chunk_is_the_same_whoever_composes_it(composed):
    pool, concepts = Pool(composed.pool), load_concepts()
    captions = read_captions(composed.train_captions)
    pools = candidates(pool.clips, concepts, validation=False)
    chooser = ScriptChooser(write_scripts(captions, concepts, pools), concepts, pools, single_share=0.25)
    job = MixJob(composed.pool, captions, composed.tagger, AUDIO, False, 0.25, 3)
    log_mel, teacher, rows = Composer(pool, pools, chooser, job).chunk(1)
    there = Mixes(composed.mixes)
    assert np.array_equal(log_mel, there.log_mel[CHUNK:]) and rows == there.rows[CHUNK:]
    np.testing.assert_allclose(teacher, there.teacher[CHUNK:], rtol=1e-6)


def test_a_set_that_a_full_disk_interrupted_is_continued_to_the_same_set_by_any_number_of_workers(composed, tmp_path):
    out = tmp_path / "mixes"

    def fill_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_200_000, 1_200_000))  # one chunk and a half

    command = [
        sys.executable,
        "-m",
        "earshot_trainer.scripts.compose",
        *map(str, composed.compose),
        "--out",
        out,
        "--workers",
        "1",
    ]
    stopped = subprocess.run(command, cwd=TRAINER, preexec_fn=fill_disk, text=True, capture_output=True)
    assert stopped.returncode == 1
    assert f"error: {out / 'log_mel.f16'}: cannot be written" in stopped.stderr and "Make room" in stopped.stderr
    assert json.loads((out / "composing.json").read_text())["chunks"] == 1
    with pytest.raises(TrainerError, match="is no readable JSON file"):
        Mixes(out)
    run("compose", *composed.compose, "--out", out, "--workers", 1)
    assert contents(out) == contents(composed.mixes)


def test_a_set_that_is_there_already_is_not_composed_again(composed, capsys):
    before = (composed.mixes / "log_mel.f16").stat().st_mtime_ns
    run("compose", *composed.compose, "--out", composed.mixes)
    assert (composed.mixes / "log_mel.f16").stat().st_mtime_ns == before
    assert "100 of them by an earlier run" in capsys.readouterr().out


def copy_of(mixes: Mixes, folder: Path) -> Path:
    folder.mkdir()
    for name, data in contents(mixes.folder).items():
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize("name", ["log_mel.f16", "teacher.npy", "captions.jsonl", "set.json"])
def test_a_set_with_a_torn_or_missing_file_is_refused_by_name(mixes, tmp_path, name):
    folder = copy_of(mixes, tmp_path / "copy")
    data = (folder / name).read_bytes()
    for torn in (data[: len(data) // 2], None):
        (folder / name).unlink()
        if torn:
            (folder / name).write_bytes(torn)
        with pytest.raises(TrainerError, match=str(folder)) as caught:
            Mixes(folder)
        assert "compose stage" in caught.value.remedy


def test_captions_that_do_not_count_as_many_as_the_mixes_are_refused(mixes, tmp_path):
    folder = copy_of(mixes, tmp_path / "copy")
    lines = (folder / "captions.jsonl").read_text().splitlines(keepends=True)
    (folder / "captions.jsonl").write_text("".join(lines[:-1]))
    with pytest.raises(TrainerError, match=r"captions\.jsonl: holds 99 mixes where set\.json counts 100"):
        Mixes(folder)


def test_sets_of_other_audio_settings_are_told_apart(mixes):
    with pytest.raises(TrainerError, match="segment_frames 32 instead of 16") as caught:
        mixes.require_audio(replace(AUDIO, segment_frames=16), "the student")
    assert "--segment-frames" in caught.value.remedy


def test_a_window_can_be_seen_as_other_segments_with_silence_for_the_context_it_lacks(composed):
    mixes = Mixes(composed.mixes)
    plain = mixes.batch(np.array([5, 2]))
    assert np.array_equal(plain[1], mixes.log_mel[2].astype(np.float32))
    mixes.recut(64, 10)
    assert (mixes.audio.segment_frames, mixes.audio.window_segments, mixes.audio.context_frames) == (64, 1, 10)
    recut = mixes.batch(np.array([5, 2]))
    assert recut.shape == (2, 128, 74) and np.array_equal(recut[..., 10:], plain)
    assert np.allclose(recut[..., :10], silence_level(AUDIO))
    with pytest.raises(TrainerError, match="cannot be seen as segments of 30"):
        mixes.recut(30, 10)


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--teacher", "captions/captions-validation.csv", "is no readable file of PyTorch weights"),
        ("--teacher", "nowhere.pt", "does not exist"),
        ("--pool", "sounds", "is no whole pool of recordings"),
    ],
)
def test_a_wrong_file_is_told_before_anything_is_composed(composed, tmp_path, option, value, told):
    options = {"--pool": composed.pool, "--captions": composed.train_captions, "--teacher": composed.tagger}
    options[option] = composed.root / value
    with pytest.raises(TrainerError, match=told):
        run("compose", *(part for pair in options.items() for part in pair), *FORM, "--out", tmp_path / "out", "--workers", 1)
    assert not (tmp_path / "out").exists()
