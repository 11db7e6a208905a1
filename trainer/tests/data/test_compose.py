import numpy as np
import pytest

from earshot_trainer.data.captions import CaptionedClip
from earshot_trainer.data.compose import ScriptChooser, draw_level, plan_mix, write_scripts
from earshot_trainer.data.concept_pools import Candidate
from earshot_trainer.data.lexicon import load_concepts
from earshot_trainer.errors import TrainerError

CONCEPTS = load_concepts()
KNOWN = {"dog": 5, "siren": 4, "rain": 3, "frog": 3, "knock": 2}
POOLS = {c.name: [Candidate(i, 0.5) for i in range(KNOWN.get(c.name, 0))] for c in CONCEPTS}


def scripts_of(*captions: str):
    return write_scripts([CaptionedClip("test", "clip", captions)], CONCEPTS, POOLS)


def test_only_captions_whose_sounds_are_all_at_hand_can_be_composed():
    said = ["a dog barks", "a dog barks and someone knocks", "a knock", "something happens", "a dog barks " + "loudly " * 20]
    assert [script.caption for script in scripts_of(*said)] == ["a dog barks"]


def test_a_script_keeps_all_captions_of_its_clip_as_references():
    scripts = scripts_of("a dog barks", "a dog is barking")
    assert [script.references for script in scripts] == [("a dog barks", "a dog is barking")] * 2


def test_sounds_after_a_turn_come_later_and_sounds_beside_one_another_overlap():
    (after, beside) = scripts_of("a dog barks followed by a siren", "a dog barks and rain falls")
    for seed in range(20):
        rng = np.random.default_rng(seed)
        dog, siren, *_ = plan_mix(after, POOLS, 64000, rng, extra_share=0)
        assert 0 == dog.start < dog.stop <= siren.start < siren.stop <= 64000
        assert siren.stop - siren.start > 64000 // 12
        dog, rain, *_ = plan_mix(beside, POOLS, 64000, rng, extra_share=0)
        assert max(dog.start, rain.start) < min(dog.stop, rain.stop)


def test_a_faint_sound_is_8_db_below_a_near_one():
    near, faint = scripts_of("rain falls", "rain falls in the distance")
    gains = [
        np.mean([plan_mix(s, POOLS, 64000, np.random.default_rng(i), 0)[0].gain_db for i in range(200)]) for s in (near, faint)
    ]
    assert gains[0] - gains[1] == pytest.approx(8, abs=0.7)


def test_rare_sounds_are_drawn_more_often_than_they_are_written_about():
    chooser = ScriptChooser(scripts_of(*["a dog barks"] * 99, "a siren wails"), CONCEPTS, POOLS, single_share=0)
    rng = np.random.default_rng(1)
    share = np.mean([chooser.draw(rng).mentions[0].concept == "siren" for _ in range(2000)])
    assert 0.03 < share < 0.12


def test_single_sounds_are_drawn_from_all_concepts_alike():
    chooser = ScriptChooser(scripts_of(*["a dog barks"] * 99), CONCEPTS, POOLS, single_share=1)
    rng = np.random.default_rng(1)
    drawn = [chooser.draw(rng).mentions[0].concept for _ in range(600)]
    expected = {"dog", *(c.name for c in CONCEPTS if c.captions and len(POOLS[c.name]) >= 3)}
    assert set(drawn) == expected
    assert min(drawn.count(name) for name in expected) > 600 / len(expected) / 2


def test_a_quiet_room_is_quiet():
    quiet = [
        script for script in write_scripts([CaptionedClip("t", "c", ("silence",))], CONCEPTS, {**POOLS, "quiet": POOLS["dog"]})
    ]
    rng = np.random.default_rng(0)
    assert all(draw_level(quiet[0], rng) <= -46 for _ in range(50))
    assert all(-32 <= draw_level(scripts_of("a dog barks")[0], rng) <= -14 for _ in range(50))


def test_captions_of_which_none_can_be_composed_are_an_error_with_a_remedy():
    with pytest.raises(TrainerError, match="no caption can be composed") as caught:
        ScriptChooser(scripts_of("a knock"), CONCEPTS, POOLS, single_share=0)
    assert "--captions" in caught.value.remedy
