import numpy as np
import pytest
import soundfile
from synthesis import sine_bursts

from earshot_trainer.audio.load import UnreadableAudio, load_mono


@pytest.mark.parametrize("rate", [8000, 44100, 96000])
def test_a_recording_of_any_rate_comes_out_at_the_rate_asked_for(tmp_path, rate):
    soundfile.write(tmp_path / "tone.wav", sine_bursts(0.5, 440, rate), rate)
    mono = load_mono(tmp_path / "tone.wav", 32000)
    assert abs(len(mono) - 16000) <= 1
    assert mono.dtype == np.float32
    spectrum = np.abs(np.fft.rfft(mono))
    assert abs(spectrum.argmax() * 32000 / len(mono) - 440) < 5


def test_stereo_is_mixed_to_mono(tmp_path):
    left = sine_bursts(0.2, 440)
    soundfile.write(tmp_path / "stereo.flac", np.stack([left, -left], 1), 32000)
    assert np.abs(load_mono(tmp_path / "stereo.flac", 32000)).max() < 1e-4


def test_a_recording_that_cannot_be_used_is_named_with_a_remedy(tmp_path):
    (tmp_path / "text.wav").write_text("this is not sound")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 32000)
    soundfile.write(tmp_path / "not-a-number.wav", np.full(100, np.nan), 32000, subtype="FLOAT")
    for name, reason in [("text.wav", "does not decode"), ("empty.wav", "no samples"), ("not-a-number.wav", "not numbers")]:
        with pytest.raises(UnreadableAudio, match=reason) as caught:
            load_mono(tmp_path / name, 32000)
        assert name in str(caught.value) and "leave it out" in caught.value.remedy.lower()
    with pytest.raises(UnreadableAudio, match=r"missing\.wav"):
        load_mono(tmp_path / "missing.wav", 32000)
