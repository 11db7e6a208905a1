from dataclasses import replace

import numpy as np
import pytest
import soundfile
from conftest import make_student
from synthesis import RATE, noise, sweep

from earshot_trainer.audio.settings import PAPER_AUDIO
from earshot_trainer.errors import TrainerError
from earshot_trainer.export.calibration import of_recordings, synthesised
from earshot_trainer.model.decoder import DecoderSettings
from earshot_trainer.model.effb2_trm import EffB2Trm, EffB2TrmSettings

STUDENTS = {
    "segments": lambda: make_student(1),
    "windows": lambda: EffB2Trm(EffB2TrmSettings(DecoderSettings(10), replace(PAPER_AUDIO, segment_frames=65))),
}


@pytest.fixture(params=STUDENTS)
def student(request):
    return STUDENTS[request.param]()


def test_synthesised_segments_are_of_the_students_form_and_differ(student):
    segments, audio = synthesised(student, 5), student.settings.audio
    assert [segment.shape for segment in segments] == 5 * [(1, 1, audio.mel_bins, audio.segment_frames)]
    assert all(np.isfinite(segment).all() for segment in segments)
    assert len({float(segment.mean()) for segment in segments}) == 5
    assert all(np.array_equal(a, b) for a, b in zip(segments, synthesised(student, 5), strict=True))


def test_recordings_are_taken_by_turns_whatever_their_rate_and_a_broken_one_is_passed_over(student, tmp_path):
    rng = np.random.default_rng(1)
    soundfile.write(tmp_path / "long.wav", noise(3, rng), RATE)
    soundfile.write(tmp_path / "short.flac", sweep(0.2, 200, 900, 16000), 16000)
    (tmp_path / "broken.ogg").write_bytes(b"nothing")
    (tmp_path / "notes.txt").write_text("not a recording")
    both = of_recordings(student, [tmp_path], 2)
    assert np.array_equal(both[0], of_recordings(student, [tmp_path / "long.wav"], 1)[0])
    assert not np.array_equal(both[0], both[1])
    assert len(of_recordings(student, [tmp_path], 100)) == 1 + int(3 * student.settings.audio.sample_rate) // (
        student.settings.audio.window_samples
    )


def test_folders_without_recordings_are_told(student, tmp_path):
    with pytest.raises(TrainerError, match="hold no recordings"):
        of_recordings(student, [tmp_path], 3)
    (tmp_path / "broken.ogg").write_bytes(b"nothing")
    with pytest.raises(TrainerError, match=r"broken\.ogg: does not decode, nor does any other"):
        of_recordings(student, [tmp_path], 3)
