import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earshot_trainer.data.datasets.layouts import read_any, read_dataset, read_sounds
from earshot_trainer.data.datasets.recording import Recording
from earshot_trainer.errors import TrainerError


def write_rows(path: Path, *rows: list) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def write_audio(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / name, np.zeros(80), 8000)
    return folder


def test_audiocaps_finds_clips_by_any_of_their_usual_names_and_counts_the_missing(tmp_path):
    table = write_rows(
        tmp_path / "val.csv",
        ["audiocap_id", "youtube_id", "start_time", "caption"],
        [1, "aaa", 30, "A dog barks"], [2, "aaa", 30, "A dog is barking."], [3, "bbb", 10, "Rain falls"],
        [4, "ccc", 0, "A siren wails"], [5, "-dd_", 5, "Wind blows"], [6, "gone", 5, "A frog croaks"],
    )  # fmt: skip
    audio = write_audio(tmp_path / "audio", "aaa_30.wav", "val/bbb.flac", "4.wav", "Y-dd_.wav", "other.wav")
    data = read_dataset(table, audio)
    assert data.recordings == [
        Recording("aaa_30.wav", ("a dog barks", "a dog is barking")), Recording("val/bbb.flac", ("rain falls",)),
        Recording("4.wav", ("a siren wails",)), Recording("Y-dd_.wav", ("wind blows",)),
    ]  # fmt: skip
    assert data.missing == ["gone_5"] and data.folder == audio


def test_clotho_has_five_captions_a_clip(tmp_path):
    names = [f"caption_{i}" for i in range(1, 6)]
    table = write_rows(
        tmp_path / "clotho_captions_evaluation.csv", ["file_name", *names],
        ["Santa Motor.wav", *(f"A motor {i}." for i in range(5))], ["gone.wav", *"abcde"],
    )  # fmt: skip
    data = read_dataset(table, write_audio(tmp_path / "audio", "Santa Motor.wav"))
    assert data.recordings == [Recording("Santa Motor.wav", tuple(f"a motor {i}" for i in range(5)))]
    assert data.missing == ["gone.wav"]


@pytest.mark.parametrize("place", ["path", "file", "audio", "file_name"])
def test_any_csv_of_path_and_caption_will_do(tmp_path, place):
    write_audio(tmp_path, "a/1.wav", "2.wav")
    rows = [["a/1.wav", "One"], ["a/1.wav", "Uno"], ["2.wav", "Two"], ["3.wav", "?"]]
    table = write_rows(tmp_path / "own.csv", [place, "caption"], *rows)
    data = read_dataset(table, tmp_path)
    assert data.recordings == [Recording("a/1.wav", ("one", "uno")), Recording("2.wav", ("two",))]
    assert data.missing == ["3.wav"]


def test_any_csv_may_have_its_captions_in_numbered_columns_some_of_them_empty(tmp_path):
    write_audio(tmp_path, "1.wav")
    table = write_rows(tmp_path / "own.csv", ["path", "caption_1", "caption_2", "caption_x"], ["1.wav", "One", "", "no"])
    assert read_dataset(table, tmp_path).recordings == [Recording("1.wav", ("one",))]


def test_a_csv_without_the_columns_is_told_with_those_found_and_those_wanted(tmp_path):
    table = write_rows(tmp_path / "own.csv", ["name", "text"], ["1.wav", "One"])
    with pytest.raises(TrainerError, match=r"own\.csv: lacks columns; it has name, text, wanted are one of path, .* caption_n"):
        read_any(table, tmp_path, captioned=True)
    table = write_rows(tmp_path / "val.csv", ["youtube_id", "start_time"], ["aaa", 1])
    with pytest.raises(TrainerError, match=r"val\.csv: lacks the columns caption \(it has youtube_id, start_time\)"):
        read_dataset(table, tmp_path)
    with pytest.raises(TrainerError, match=r"nowhere\.csv: cannot be read"):
        read_dataset(tmp_path / "nowhere.csv", tmp_path)


def test_a_folder_without_the_recordings_is_told(tmp_path):
    table = write_rows(tmp_path / "t" / "val.csv", ["youtube_id", "start_time", "caption"], ["aaa", 1, "A"])
    with pytest.raises(TrainerError, match="is no folder"):
        read_dataset(table, tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(TrainerError, match="holds no recordings"):
        read_dataset(table, tmp_path / "empty")
    with pytest.raises(TrainerError, match=r"none of the 1 recordings that the csv lists, for example aaa_1"):
        read_dataset(table, write_audio(tmp_path / "others", "x.wav"))
    own = write_rows(tmp_path / "own.csv", ["path", "caption"], ["x.wav", "A"])
    with pytest.raises(TrainerError, match=r"holds none of the recordings .* for example x\.wav"):
        read_dataset(own, tmp_path)


def test_a_folder_of_audio_is_all_that_is_needed_to_listen(tmp_path):
    write_audio(tmp_path, "b.wav", "a/c.FLAC", "a/d.ogg")
    (tmp_path / "notes.txt").write_text("no sound")
    assert [recording.file for recording in read_sounds(tmp_path).recordings] == ["a/c.FLAC", "a/d.ogg", "b.wav"]
    table = write_rows(tmp_path / "list.csv", ["path"], ["b.wav"], ["gone.wav"])
    assert read_sounds(table).recordings == [Recording("b.wav")] and read_sounds(table).missing == ["gone.wav"]
