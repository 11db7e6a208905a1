import gzip

import pytest

from earshot_trainer.data.captions import UnreadableCaptions, normalise, read_captions


def test_captions_become_plain_words():
    assert normalise("  A man's dog, barks -- LOUDLY!  ") == "a man's dog barks loudly"
    assert normalise("The dog’s 'bark' (twice)") == "the dog's bark twice"
    assert normalise("...") == ""


def test_audiocaps_rows_of_one_clip_are_its_captions(tmp_path):
    path = tmp_path / "audiocaps-x.csv"
    path.write_text("audiocap_id,youtube_id,start_time,caption\n1,abc,30,A dog barks.\n2,abc,30,Barking\n3,abc,40,Rain\n")
    clips = read_captions(path)
    assert [clip.captions for clip in clips] == [("a dog barks", "barking"), ("rain",)]
    assert {clip.corpus for clip in clips} == {"audiocaps"}


def test_clotho_has_five_captions_a_row(tmp_path):
    path = tmp_path / "clotho-x.csv.gz"
    with gzip.open(path, "wt") as file:
        file.write("file_name,caption_1,caption_2,caption_3,caption_4,caption_5\nx.wav,One,Two,Three,Four,Five\n")
    assert read_captions(path)[0].captions == ("one", "two", "three", "four", "five")


def test_soundbible_and_a_persons_own_csv_are_read(tmp_path):
    (tmp_path / "soundbible.csv").write_text("id,title,caption\n7,Dog,A dog\n")
    assert read_captions(tmp_path / "soundbible.csv")[0].captions == ("a dog",)
    (tmp_path / "captions-kitchen.csv").write_text("\ufeffclip,caption\nkettle,The kettle boils\nkettle,Water boils\n", "utf-8")
    assert read_captions(tmp_path / "captions-kitchen.csv")[0].captions == ("the kettle boils", "water boils")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("audiocaps-x.csv", "youtube_id,text\nabc,dog\n", "lacks the columns start_time, caption"),
        ("clotho-x.csv", "file_name,caption_1\nx,dog\n", "lacks the columns caption_2, caption_3, caption_4, caption_5"),
        ("soundbible.csv", "id,caption\n", "holds no captions"),
        ("captions-x.csv", "", "lacks the columns clip, caption"),
        ("captions-x.csv", "clip,caption\nkettle\n", "row 1 ends before the column caption"),
        ("captions-x.csv.gz", "clip,caption\nkettle,boils\n", "cannot be read"),
        ("mine.csv", "clip,caption\nkettle,boils\n", "belongs to no known corpus"),
    ],
)
def test_a_caption_file_that_cannot_be_used_is_named_with_what_it_lacks(tmp_path, name, content, told):
    (tmp_path / name).write_text(content)
    with pytest.raises(UnreadableCaptions, match=told) as caught:
        read_captions(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)
    assert caught.value.remedy


def test_a_missing_caption_file_is_named(tmp_path):
    with pytest.raises(UnreadableCaptions, match=r"audiocaps-none\.csv"):
        read_captions(tmp_path / "audiocaps-none.csv")
