"""Trainer and daemon side by side, on the real recording that the daemon brings with it and its real bundle."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from bundle import Bundle
from daemon import DAEMON_MISSING, ROOT, node

from earshot_trainer.audio.load import load_mono
from earshot_trainer.audio.logmel import LogMel, analysis_window
from earshot_trainer.audio.mel_bank import mel_bank
from earshot_trainer.audio.settings import AudioSettings

MODEL = ROOT / "models" / "default"
RECORDING = next((ROOT / "daemon" / "source" / "recording").glob("demo.*"), None)
MISSING = [
    *DAEMON_MISSING,
    *(["there is no models/default"] if not (MODEL / "manifest.json").exists() else []),
    *(["there is no recording in daemon/source/recording"] if not RECORDING else []),
]
pytestmark = pytest.mark.skipif(bool(MISSING), reason="; ".join(MISSING))


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle(MODEL)


@pytest.fixture(scope="module")
def audio(bundle) -> AudioSettings:
    """The trainer's settings, from the bundle's manifest."""
    audio, segment = bundle.manifest["audio"], bundle.manifest["segment"]
    same = {name: audio[name] for name in ("sample_rate", "pre_emphasis", "n_fft", "win_length", "hop_length", "mel_bins")}
    logs = {f"log_{name}": audio["log"][name] for name in ("floor", "offset", "scale")}
    frames = {"segment_frames": segment["frames"], "context_frames": segment["context_frames"]}
    return AudioSettings(**same, **logs, **frames, window_segments=segment["per_window"])


@pytest.fixture(scope="module")
def recording(audio, tmp_path_factory) -> Path:
    """The first 24.3 s as 16-bit wav at the model's rate, so that neither side resamples."""
    path = tmp_path_factory.mktemp("parity") / "recording.wav"
    samples = load_mono(RECORDING, audio.sample_rate)[: int(24.3 * audio.sample_rate)]
    soundfile.write(path, samples, audio.sample_rate, subtype="PCM_16")
    return path


@pytest.fixture(scope="module")
def daemon_log_mel(audio, recording) -> np.ndarray:
    """Float32 [segments, mel_bins, context + frames]."""
    dumped = np.frombuffer(node("encode/dump-log-mel.js", MODEL, recording), "<f4")
    return dumped.reshape(-1, audio.mel_bins, audio.context_frames + audio.segment_frames)


def trainer_log_mel(path: Path, audio: AudioSettings, dtype: torch.dtype) -> np.ndarray:
    samples = load_mono(path, audio.sample_rate)
    segments = -(-len(samples) // audio.segment_samples)
    padded = np.zeros(audio.history_samples + segments * audio.segment_samples)
    padded[audio.history_samples : audio.history_samples + len(samples)] = samples
    log_mel = LogMel(audio).to(dtype)(torch.from_numpy(padded)[None].to(dtype))
    return log_mel.unfold(2, audio.context_frames + audio.segment_frames, audio.segment_frames)[0].transpose(0, 1).numpy()


def test_the_bundle_carries_the_trainers_own_front_end(bundle, audio):
    mel = np.fromfile(MODEL / "mel.f32", "<f4").reshape(audio.mel_bins, -1)
    assert np.array_equal(mel, mel_bank(audio).numpy())
    assert np.array_equal(np.fromfile(MODEL / "window.f32", "<f4"), analysis_window(audio).numpy())


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 2e-6), (torch.float32, 1e-3)])
def test_the_daemon_computes_the_log_mel_of_the_training(audio, recording, daemon_log_mel, dtype, tolerance, capsys):
    ours = trainer_log_mel(recording, audio, dtype)
    assert ours.shape == daemon_log_mel.shape and ours.std() > 0.2
    difference = np.abs(ours - daemon_log_mel)
    with capsys.disabled():
        print(
            f"\n  log-mel of {len(ours)} segments, trainer in {dtype} against daemon: at most {difference.max():.1e} apart,",
            end=" ",
        )
        print(f"{difference.mean():.1e} on average, values from {ours.min():.1f} to {ours.max():.1f}")
    assert difference.max() < tolerance


def test_the_daemon_says_the_captions_that_the_trainer_says_with_the_same_bundle(bundle, recording, daemon_log_mel):
    output = node("cli/earshot.js", "caption", "--json", "--hop", 2, "--threads", 1, "--model", MODEL, recording)
    said = [json.loads(line) for line in output.decode().splitlines()]
    per_window = bundle.manifest["segment"]["per_window"]
    windows = [daemon_log_mel[start : start + per_window] for start in range(len(daemon_log_mel) - per_window + 1)]
    found = [bundle.caption_segments(window) for window in windows]
    assert len(said) == len(found) >= 5
    assert [row["caption"].lower() for row in said] == [bundle.say(decoded) for decoded in found]
    assert [row["confidence"] for row in said] == pytest.approx([np.exp(decoded.score) for decoded in found], abs=1e-3)
