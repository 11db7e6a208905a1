import pytest

from earshot_trainer.data.captions import normalise
from earshot_trainer.data.lexicon import find_mentions, load_concepts

CONCEPTS = load_concepts()


def mentions(caption: str) -> list[tuple[str, int]]:
    return [(mention.concept, mention.segment) for mention in find_mentions(caption, CONCEPTS)]


def test_sounds_come_in_the_order_of_the_caption():
    assert mentions("rain falls while a dog barks") == [("rain", 0), ("dog", 0)]
    assert mentions("a dog barks while rain falls") == [("dog", 0), ("rain", 0)]


@pytest.mark.parametrize("turn", ["followed by", "then", "before", "after which", "and later", "afterwards"])
def test_words_of_time_begin_a_new_segment(turn):
    assert mentions(f"a dog barks {turn} a siren") == [("dog", 0), ("siren", 1)]


def test_segments_count_from_the_first_sound():
    assert mentions("then a dog barks then a siren") == [("dog", 0), ("siren", 1)]


def test_a_sound_is_mentioned_once_a_segment():
    assert mentions("a dog barks and a dog growls then a dog barks") == [("dog", 0), ("dog", 1)]


def test_a_sound_near_a_word_of_distance_is_faint():
    faint = {
        m.concept: m.faint for m in find_mentions("a man speaks loudly over and over again with rain in the distance", CONCEPTS)
    }
    assert faint == {"man_speech": False, "rain": True}


def test_where_mentions_overlap_the_earlier_concept_wins():
    assert mentions("a baby cries") == [("baby_cry", 0)]
    assert mentions("a fire engine passes")[0] == ("siren", 0)


def test_a_caption_of_no_known_sound_mentions_nothing():
    assert mentions("something happens somewhere") == []


def test_every_concept_is_named_by_its_own_captions():
    unnamed = [(c.name, text) for c in CONCEPTS for text in c.captions if not c.is_named_in(normalise(text))]
    assert unnamed == []


def test_own_captions_are_plain_words_already():
    assert [text for c in CONCEPTS for text in c.captions if normalise(text) != text.lower()] == []


def test_concepts_have_names_of_their_own_and_patterns_that_compile():
    assert len({c.name for c in CONCEPTS}) == len(CONCEPTS) > 100
    for concept in CONCEPTS:
        assert concept.mention and concept.source_label


@pytest.mark.parametrize(
    ("caption", "concepts"),
    [
        ("an engine runs while a man talks", ["engine", "man_speech"]),
        ("water running from a faucet", ["tap"]),
        ("a person is running on gravel", ["footsteps"]),
        ("a cat purrs", ["cat_purr"]),
        ("crows are cawing", ["crowbird"]),
        ("a rooster crows", ["rooster"]),
        ("a goose honks", ["goose"]),
        ("a car is honking its horn", ["carhorn"]),
    ],
)
def test_a_sound_is_not_taken_for_its_neighbours(caption, concepts):
    assert [name for name, _ in mentions(caption)] == concepts


def test_an_own_caption_mentions_its_concept():
    for concept in CONCEPTS:
        for caption in concept.captions:
            assert concept.name in [name for name, _ in mentions(normalise(caption))], caption
