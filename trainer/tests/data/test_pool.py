import csv

import numpy as np
import pytest
from conftest import run

from earshot_trainer.data.concept_pools import candidates, is_validation
from earshot_trainer.data.lexicon import load_concepts
from earshot_trainer.data.pool import Pool, build_pool, parse_tags
from earshot_trainer.errors import TrainerError

COLUMNS = "path,label,group,tags\n"


def write_list(folder, content: str):
    folder.mkdir(exist_ok=True)
    (folder / "clips.csv").write_text(content)
    return folder


def test_every_recording_is_in_the_pool_as_it_sounded(pooled):
    pool = Pool(pooled.pool)
    assert len(pool.clips) == 36
    for index, clip in enumerate(pool.clips):
        samples = pool.audio(index)
        assert len(samples) == clip.samples and samples.dtype == np.float32
        assert 0.1 < np.abs(samples).max() <= 1


def test_tags_are_read_also_where_a_name_holds_an_equals_sign():
    assert parse_tags("Dog=0.80;Bark=0.22") == {"Dog": 0.8, "Bark": 0.22}
    assert parse_tags("a=b=0.5") == {"a=b": 0.5}
    assert parse_tags("") == {}


def test_recordings_that_do_not_decode_are_left_out_and_told(world, tmp_path):
    with open(world.sounds / "clips.csv", newline="") as file:
        rows = list(csv.DictReader(file))[:2]
    sounds = write_list(tmp_path / "sounds", "")
    (sounds / "broken.wav").write_text("no sound")
    with open(sounds / "clips.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerow({**rows[0], "path": "broken.wav"})
        writer.writerow({**rows[1], "path": str(world.sounds / rows[1]["path"]), "group": ""})
    failures = build_pool(sounds, tmp_path / "pool", 32000, workers=1)
    assert len(failures) == 1 and "broken.wav: does not decode" in failures[0]
    (clip,) = Pool(tmp_path / "pool").clips
    assert clip.group == clip.path  # a recording without a group is one of its own, else all of them were one


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("path,label\nx.wav,dog\n", "lacks the columns group, tags"),
        (COLUMNS + "x.wav,dog\n", "row 1 ends before the column group"),
        (COLUMNS + "x.wav,dog,,Dog=much\n", "row 1: tags are not name=probability"),
        (COLUMNS + "x.wav,dog,,\n", "lists no recording that decodes; the first: .*x.wav"),
        (COLUMNS, "lists no recording that decodes"),
    ],
)
def test_a_list_of_recordings_that_cannot_be_used_is_named_with_its_fault(tmp_path, content, told):
    sounds = write_list(tmp_path / "sounds", content)
    with pytest.raises(TrainerError, match=told) as caught:
        build_pool(sounds, tmp_path / "pool", 32000, workers=1)
    assert "clips.csv" in str(caught.value) and caught.value.remedy
    assert not (tmp_path / "pool" / "pool.csv").exists()


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(TrainerError, match=r"nowhere/clips\.csv: cannot be read"):
        run("prepare", "--sounds", tmp_path / "nowhere", "--out", tmp_path / "pool")


def test_a_pool_that_was_never_finished_is_refused(pooled, tmp_path):
    with pytest.raises(TrainerError, match="is no whole pool"):
        Pool(tmp_path)
    (tmp_path / "pool.csv").write_text((pooled.pool / "pool.csv").read_text())
    (tmp_path / "pool.s16").write_bytes((pooled.pool / "pool.s16").read_bytes()[:-2000])
    with pytest.raises(TrainerError, match=r"pool\.s16: holds \d+ samples where pool\.csv lists \d+"):
        Pool(tmp_path)


def test_a_concept_gets_the_clips_whose_label_or_tags_mean_it(pooled):
    clips, concepts = Pool(pooled.pool).clips, load_concepts()
    pools = candidates(clips, concepts, validation=False)
    assert {name for name, pool in pools.items() if pool} == {"dog", "frog", "rain", "siren"}
    assert {clips[c.index].label for c in pools["dog"]} == {"dog bark"}
    assert [c.weight for c in pools["rain"]] == [0.9] * 5


def test_no_group_is_on_both_sides_of_the_split(pooled):
    clips, concepts = Pool(pooled.pool).clips, load_concepts()
    sides = [
        {clips[c.index].group for pool in candidates(clips, concepts, side).values() for c in pool} for side in (True, False)
    ]
    assert sides[0] and sides[1] and not sides[0] & sides[1]


def test_about_an_eighth_of_the_groups_is_kept_for_validation():
    share = np.mean([is_validation(f"group {i}") for i in range(5000)])
    assert 0.1 < share < 0.14
