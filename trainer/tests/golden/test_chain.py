"""A published student on its whole way: imported, exported, and run by the daemon; every stage says the same tokens."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from bundle import Bundle
from conftest import run
from daemon import DAEMON_MISSING, ROOT, node
from published import AUDIOCAPS, CLOTHO, golden_signal, lively_student, publish_student
from reference_decoder import ReferenceDecoder
from synthesis import noise, sine_bursts, sweep

from earshot_trainer.audio.load import load_mono
from earshot_trainer.captioning import caption_embeddings
from earshot_trainer.decoding import PAPER
from earshot_trainer.export.bundle import write_bundle
from earshot_trainer.export.calibration import of_recordings
from earshot_trainer.export.onnx import GRAPHS, export_graph
from earshot_trainer.model.captioner import load_captioner
from earshot_trainer.model.effb2_trm import EffB2Trm
from earshot_trainer.scripts.export import quantize
from earshot_trainer.tokenizer import END, SPECIAL, START

RATE = 16000
RECORDING = ROOT / "daemon" / "source" / "recording" / "demo.opus"
ABOUT = {"name": "chain", "description": "random weights", "quality": {}, "training": {}, "licences": []}
needs_daemon = pytest.mark.skipif(bool(DAEMON_MISSING), reason="; ".join(DAEMON_MISSING))


def make_sounds() -> dict[str, np.ndarray]:
    """Ten seconds each at 16 kHz, but for one that ends early, with a noise floor as every microphone has.

    Without one, a tone leaves bins 120 dB below it, where the FFT's rounding is all there is: in float32 (here) and
    float64 (daemon) they differ by up to 0.2 dB, which random weights are free to make other words of.
    """
    rng = np.random.default_rng(3)
    made = {
        "tones": golden_signal(10 * RATE),
        "bursts": sine_bursts(10, 900, RATE),
        "rain": noise(10, rng, RATE),
        "siren": sweep(10, 300, 3000, RATE),
        "short": sweep(4, 2000, 200, RATE),
    }
    return {name: samples + 0.01 * rng.standard_normal(len(samples)) for name, samples in made.items()}


@pytest.fixture(scope="module")
def sounds(tmp_path_factory) -> dict[str, Path]:
    """The sounds as 16-bit wav."""
    folder = tmp_path_factory.mktemp("sounds")
    for name, samples in make_sounds().items():
        soundfile.write(folder / f"{name}.wav", samples, RATE, subtype="PCM_16")
    return {path.stem: path for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def folder(lively, tmp_path_factory) -> Path:
    """`student.pt` as import_checkpoint leaves it, and `fp32` as export does."""
    folder = tmp_path_factory.mktemp("chain")
    run("import_checkpoint", "--from", lively, "--out", folder / "student.pt")
    run("export", "--student", folder / "student.pt", "--out", folder / "fp32", "--fp32")
    return folder


@pytest.fixture(scope="module")
def student(folder) -> EffB2Trm:
    return load_captioner(folder / "student.pt")[0]


@torch.inference_mode()
def embed(student: EffB2Trm, sound: Path) -> torch.Tensor:
    """Embeddings [31, 1408] of a file's first window."""
    samples = soundfile.read(sound, dtype="float32")[0]
    padded = np.pad(samples, (0, 10 * RATE - len(samples)))
    return student.encode(student.log_mel(torch.from_numpy(padded)[None]))[0]


@pytest.fixture(scope="module")
def embeddings(student, sounds) -> dict[str, torch.Tensor]:
    return {name: embed(student, path) for name, path in sounds.items()}


def tokens_of(said: dict[str, str], words: list[str]) -> dict[str, list[int]]:
    ids = {word.lower(): index for index, word in enumerate(words)}
    return {name: [ids[word.lower()] for word in text.split()] for name, text in said.items()}


def spoken(tokens: list[int]) -> list[int]:
    """What of a sequence can be heard: up to its end, without special tokens."""
    until = tokens.index(END) if END in tokens else len(tokens)
    return [token for token in tokens[:until] if token >= len(SPECIAL)]


def daemon_tokens(bundle: Path, sounds: dict[str, Path]) -> dict[str, list[int]]:
    output = node("cli/earshot.js", "caption", "--json", "--once", "--threads", 1, "--model", bundle, *sounds.values())
    rows = [json.loads(line) for line in output.decode().splitlines()]
    said = {Path(row["file"]).stem: row["caption"] for row in rows}
    return tokens_of(said, json.loads((bundle / "vocabulary.json").read_text()))


def test_an_imported_student_has_the_very_weights_that_were_published(student):
    published = lively_student(AUDIOCAPS).state_dict()
    assert published.keys() == student.state_dict().keys()
    assert all(torch.equal(tensor, published[name]) for name, tensor in student.state_dict().items())


@pytest.mark.parametrize("vocabulary", [AUDIOCAPS, CLOTHO])
def test_beam_3_says_what_torchs_own_decoder_says_that_keeps_no_cache(vocabulary, embeddings):
    student = lively_student(vocabulary)
    reference = ReferenceDecoder(publish_student(student))
    found = {name: caption_embeddings(student, seen, PAPER).tokens for name, seen in embeddings.items()}
    assert found == {name: reference.say(seen) for name, seen in embeddings.items()}
    assert len(set(map(tuple, found.values()))) == len(found)  # the sound makes a difference
    assert len({len(tokens) for tokens in found.values()}) > 1  # some end early


@needs_daemon
def test_the_daemon_computes_the_log_mel_of_the_papers_front_end(folder, student, sounds, capsys):
    samples = soundfile.read(sounds["short"])[0]
    samples = torch.from_numpy(np.pad(samples, (0, 10 * RATE - len(samples))))[None]
    dumped = np.frombuffer(node("encode/dump-log-mel.js", folder / "fp32", sounds["short"]), "<f4").reshape(64, 1001)
    single = student.log_mel(samples.float())[0].numpy()
    double = type(student.log_mel)(student.settings.audio).double()(samples)[0].numpy()
    with capsys.disabled():
        told = [f"{np.abs(dumped - ours).max():.1e} in {kind}" for ours, kind in ((single, "float32"), (double, "float64"))]
        print(f"\n  log-mel (dB), trainer against daemon: at most {' and '.join(told)} apart", end="")
    assert np.abs(dumped - double).max() < 1e-4
    assert np.abs(dumped - single).max() < 0.05


def test_onnx_says_the_same_tokens_as_the_student(folder, student, embeddings, sounds):
    bundle = Bundle(folder / "fp32")
    assert bundle.manifest["segment"] == {
        "frames": 1001, "context_frames": 0, "per_window": 1, "embeddings": 31, "embedding_size": 1408
    }  # fmt: skip
    assert bundle.manifest["decoding"] == {"beam_size": 3, "max_tokens": 20, "forbid_repeats": False}
    for name, seen in embeddings.items():
        samples = soundfile.read(sounds[name], dtype="float32")[0]
        log_mel = student.log_mel(torch.from_numpy(np.pad(samples, (0, 10 * RATE - len(samples))))[None])
        assert bundle.caption_segments(log_mel.numpy()).tokens == caption_embeddings(student, seen, PAPER).tokens


@needs_daemon
def test_the_daemon_says_the_same_tokens_as_the_student(folder, student, embeddings, sounds):
    expected = {name: spoken(caption_embeddings(student, seen, PAPER).tokens) for name, seen in embeddings.items()}
    assert daemon_tokens(folder / "fp32", sounds) == expected


@needs_daemon
def test_the_daemon_says_the_same_tokens_with_clothos_number_of_words(folder, embeddings, sounds):
    """The two students differ in their words alone, so that encoder and memory are those of the other bundle."""
    student, words = lively_student(CLOTHO), json.loads((folder / "fp32" / "vocabulary.json").read_text())[:CLOTHO]
    graphs = {graph: folder / "fp32" / f"{graph}.onnx" for graph in GRAPHS}
    graphs["decoder"] = export_graph(student, PAPER, "decoder", folder / "clotho-decoder.onnx")
    write_bundle(folder / "clotho", graphs, student.settings, words, PAPER, ABOUT, "Random weights.\n")
    expected = {name: spoken(caption_embeddings(student, seen, PAPER).tokens) for name, seen in embeddings.items()}
    assert daemon_tokens(folder / "clotho", sounds) == expected


@pytest.fixture(scope="module")
def int8(folder, student) -> Path:
    """The bundle in int8, calibrated on the recording that the daemon brings along."""
    (folder / "graphs").mkdir()
    fp32 = {graph: Path(shutil.copy(folder / "fp32" / f"{graph}.onnx", folder / "graphs")) for graph in GRAPHS}
    graphs = quantize(student, fp32, of_recordings(student, [RECORDING], 8))
    words = json.loads((folder / "fp32" / "vocabulary.json").read_text())
    write_bundle(folder / "int8", graphs, student.settings, words, PAPER, ABOUT, "Random weights.\n")
    return folder / "int8"


def test_int8_stays_close_to_fp32_on_a_recording_of_real_sounds(folder, student, int8, capsys):
    exact, coarse = Bundle(folder / "fp32"), Bundle(int8)
    samples = load_mono(RECORDING, RATE)
    angles, same, steps = [], 0, 0
    for start in range(5 * RATE, 65 * RATE, 10 * RATE):  # between the windows of the calibration
        log_mel = student.log_mel(torch.from_numpy(samples[start : start + 10 * RATE])[None])[None].numpy()
        a, b = (torch.from_numpy(bundle.encoder.run(None, {"log_mel": log_mel})[0]) for bundle in (exact, coarse))
        angles.append(float(torch.cosine_similarity(a.flatten(), b.flatten(), dim=0)))
        tokens = caption_embeddings(student, a[0], PAPER).tokens
        with torch.inference_mode():
            said = [student(seen, torch.tensor([[START, *tokens[:-1]]]))[0].argmax(dim=-1) for seen in (a, b)]
        same, steps = same + int((said[0] == said[1]).sum()), steps + len(tokens)
    sizes = [sum(path.stat().st_size for path in kind.iterdir()) / 1e6 for kind in (int8, folder / "fp32")]
    with capsys.disabled():
        print(f"\n  int8 against fp32: cosine of embeddings {min(angles):.3f} to {max(angles):.3f},", end=" ")
        print(f"likeliest next word (of random weights) the same in {same} of {steps} steps,", end=" ")
        print(f"{sizes[0]:.1f} instead of {sizes[1]:.1f} MB", end="")
    assert np.median(angles) > 0.95 and sizes[0] < 0.5 * sizes[1]


@needs_daemon
def test_the_daemon_runs_the_student_in_int8(int8, sounds):
    said = daemon_tokens(int8, sounds)
    assert said.keys() == sounds.keys()
    assert len(set(map(tuple, said.values()))) == len(said)  # the sound makes a difference
