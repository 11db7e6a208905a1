import pytest

from earshot_trainer.data.lexicon import load_concepts
from earshot_trainer.evaluation.scores import labels_name_sound, score_mixes, score_single_sounds
from earshot_trainer.evaluation.sets import Item

CONCEPTS = {concept.name: concept for concept in load_concepts()}
MIXES = [
    Item("a.wav", "mix", ("a dog barks at a cat",), ("dog",), ""),
    Item("b.wav", "mix", ("heavy rain falls on the roof",), ("rain",), ""),
]
SINGLES = [
    Item("1.wav", "single", (), ("dog",), "dog"),
    Item("2.wav", "single", (), ("dog",), "dog"),
    Item("3.wav", "single", (), ("glass",), "glass break"),
]


def test_captions_that_are_the_references_score_10_and_foreign_ones_0():
    right = {"a.wav": "A dog barks at a cat.", "b.wav": "heavy rain falls on the roof"}
    scored = score_mixes(MIXES, right)
    assert (scored["mixes"], scored["cider_d"], scored["rouge_l"], scored["bleu_4"]) == (2, *map(pytest.approx, (10, 1, 1)))
    assert score_mixes(MIXES, dict.fromkeys(right, "someone sings"))["cider_d"] == 0
    assert score_mixes(MIXES, {**right, "b.wav": "someone sings"})["cider_d"] == pytest.approx(5)


def test_a_caption_of_half_the_words_scores_what_the_formula_says():
    # "a dog barks": of the reference's n-grams (6, 5, 4, 3; "a" twice) it has 3, 2, 1, 0, each in one of two references.
    # Clipped cosine by n: (1*1+1*1+1*2)/(sqrt(3)*sqrt(8)), 2/(sqrt(2)*sqrt(5)), 1/sqrt(4), 0; length penalty exp(-3^2/72).
    expected = 10 * (4 / 24**0.5 + 2 / 10**0.5 + 1 / 2 + 0) / 4 * 2.718281828 ** (-9 / 72)
    scored = score_mixes(MIXES, {"a.wav": "a dog barks", "b.wav": "someone sings"})["cider_d"]
    assert scored == pytest.approx(expected / 2, abs=1e-3)


def test_one_mix_alone_has_no_cider():
    assert score_mixes(MIXES[:1], {"a.wav": "a dog"}) == {"mixes": 1}


def test_single_sounds_are_counted_over_clips_and_over_labels():
    captions = {"1.wav": "A dog is barking", "2.wav": "a siren wails", "3.wav": "a window breaks loudly"}
    figures = score_single_sounds(SINGLES, captions, CONCEPTS)
    assert figures == {"sounds": 2, "clips": 3, "named": pytest.approx(2 / 3, abs=1e-4), "named_mean_of_sounds": 0.75}


def test_a_label_names_a_sound_by_the_lexicons_list_or_by_its_words():
    assert labels_name_sound(["Speech", "Bow-wow"], SINGLES[0], CONCEPTS)
    assert labels_name_sound(["Guard dog"], SINGLES[0], CONCEPTS)
    assert not labels_name_sound(["Speech", "Rain"], SINGLES[0], CONCEPTS)
