import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from bundle import Bundle
from conftest import make_student, run
from synthesis import settle

from earshot_trainer.audio.logmel import analysis_window
from earshot_trainer.audio.mel_bank import mel_bank
from earshot_trainer.captioning import caption_embeddings
from earshot_trainer.data.mixes import Mixes
from earshot_trainer.decoding import DecodingSettings
from earshot_trainer.errors import TrainerError
from earshot_trainer.model.student import Student, save_student
from earshot_trainer.tokenizer import SPECIAL

WORDS = [*SPECIAL, *(f"word{i}" for i in range(56))]
DECODING = DecodingSettings()


@pytest.fixture(scope="module")
def student(mixes) -> Student:
    student = make_student(8, len(WORDS)).eval()
    settle(student.encoder, student.segments(mixes.batch(np.arange(0, 100, 2))))
    return student


@pytest.fixture(scope="module")
def folder(composed, student, tmp_path_factory) -> Path:
    """The student as a bundle in int8 and in fp32, made by the export stage."""
    folder = tmp_path_factory.mktemp("bundles")
    save_student(folder / "student.pt", student, WORDS)
    (folder / "quality.json").write_text('{"cider_d": 0.5}')
    files = ["--student", folder / "student.pt", "--mixes", composed.mixes]
    run("export", *files, "--out", folder / "int8", "--quality", folder / "quality.json", "--calibration", 40)
    run("export", *files, "--out", folder / "fp32", "--fp32")
    return folder


@pytest.fixture(scope="module")
def fp32(folder) -> Bundle:
    return Bundle(folder / "fp32")


@pytest.fixture(scope="module")
def int8(folder) -> Bundle:
    return Bundle(folder / "int8")


def segments_of(mixes: Mixes, index: int) -> np.ndarray:
    """Log-mel float32 [2, 128, 32] of a mix."""
    window = mixes.batch(np.array([index]))[0].numpy()
    return np.stack([window[:, :32], window[:, 32:]])


def angle(a: np.ndarray, b: np.ndarray) -> float:
    return float((a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b))


@torch.inference_mode()
def test_the_fp32_encoder_graph_is_the_students_encoder_to_1e_4(fp32, student, mixes):
    log_mel = segments_of(mixes, 3)[:1, None]
    expected = student.encode_segment(torch.from_numpy(log_mel)).numpy()
    assert np.abs(expected).max() > 0.1
    np.testing.assert_allclose(fp32.encoder.run(None, {"log_mel": log_mel})[0], expected, atol=1e-4)


@torch.inference_mode()
def test_the_fp32_memory_graph_is_the_students_memory_to_1e_4(fp32, student, mixes):
    embeddings = student.encode(mixes.batch(np.array([4])))
    expected = student.decoder.cross_keys_values(student.remember(embeddings))
    for found, wanted in zip(fp32.memory.run(None, {"embeddings": embeddings.numpy()}), expected, strict=True):
        np.testing.assert_allclose(found, wanted.numpy(), atol=1e-4)


@torch.inference_mode()
@pytest.mark.parametrize("position", [0, 1, 7, 21])
def test_the_fp32_decoder_graph_is_the_students_step_to_1e_4(fp32, student, position):
    torch.manual_seed(position)
    beams = DECODING.beam_size
    cache, cross = torch.randn(2, 2, beams, 4, 22, 64), torch.randn(2, 2, 1, 4, 2, 64)
    token, at = torch.randint(4, 60, (beams,), dtype=torch.int32), torch.tensor([position], dtype=torch.int32)
    expected = student.decoder.step(token, at, *cache, *cross)
    names = ["token", "position", "self_keys", "self_values", "cross_keys", "cross_values"]
    inputs = dict(zip(names, (tensor.numpy() for tensor in (token, at, *cache, *cross)), strict=True))
    for found, wanted in zip(fp32.decoder.run(None, inputs), expected, strict=True):
        np.testing.assert_allclose(found, wanted.numpy(), atol=1e-4)


@torch.inference_mode()
def test_captions_by_the_fp32_graphs_are_those_of_the_student_token_for_token(fp32, student, mixes):
    said = set()
    for index in range(0, 100, 9):
        found = fp32.caption_segments(segments_of(mixes, index))
        wanted = caption_embeddings(student, student.encode(mixes.batch(np.array([index])))[0], DECODING)
        assert found.tokens == wanted.tokens and found.score == pytest.approx(wanted.score, abs=1e-4)
        said.add(tuple(found.tokens))
    assert len(said) > 1  # the sound makes a difference


def encode(bundle: Bundle, segments: np.ndarray) -> np.ndarray:
    return np.concatenate([bundle.encoder.run(None, {"log_mel": mel[None, None]})[0] for mel in segments], axis=1)


@pytest.mark.parametrize("index", [0, 31, 77])
def test_the_int8_encoder_and_memory_stay_close_to_fp32(fp32, int8, mixes, index):
    segments = segments_of(mixes, index)
    embeddings = encode(fp32, segments)
    assert angle(embeddings, encode(int8, segments)) > 0.9
    for a, b in zip(*(bundle.memory.run(None, {"embeddings": embeddings}) for bundle in (fp32, int8)), strict=True):
        assert angle(a, b) > 0.995
    assert len(int8.caption_segments(segments).tokens) > 0


def test_the_int8_decoder_stays_close_to_fp32(fp32, int8):
    rng, beams = np.random.default_rng(0), DECODING.beam_size
    cache = rng.normal(size=(2, 2, beams, 4, 22, 64)).astype(np.float32)
    cross = rng.normal(size=(2, 2, 1, 4, 2, 64)).astype(np.float32)
    inputs = {"token": rng.integers(4, 60, beams, np.int32), "position": np.array([3], np.int32)}
    inputs |= {"self_keys": cache[0], "self_values": cache[1], "cross_keys": cross[0], "cross_values": cross[1]}
    a, b = (bundle.decoder.run(None, inputs)[0] for bundle in (fp32, int8))
    assert angle(a - a.mean(), b - b.mean()) > 0.98


def groups(convolution: onnx.NodeProto) -> int:
    return next((attribute.i for attribute in convolution.attribute if attribute.name == "group"), 1)


def test_all_but_the_depthwise_and_the_first_convolutions_and_every_matrix_are_int8(folder):
    graph = onnx.load(folder / "int8" / "encoder.onnx").graph
    quantized = {node.output[0] for node in graph.node if node.op_type == "DequantizeLinear"}
    dense = [node for node in graph.node if node.op_type == "Conv" and groups(node) == 1]
    assert [node.input[1] in quantized for node in dense] == [False] * 3 + [True] * (len(dense) - 3)
    decoder = onnx.load(folder / "int8" / "decoder.onnx").graph
    tables = {tensor.name for tensor in decoder.initializer if tensor.data_type == onnx.TensorProto.FLOAT}
    assert not [n.name for n in decoder.node if n.op_type in ("MatMul", "Gemm") and tables & set(n.input[:2])]


def test_int8_makes_the_bundle_smaller(folder):
    sizes = [sum(path.stat().st_size for path in (folder / kind).glob("*.onnx")) for kind in ("int8", "fp32")]
    assert sizes[0] < 0.45 * sizes[1]


@pytest.mark.parametrize("kind", ["int8", "fp32"])
def test_the_manifest_tells_the_truth_about_every_file(folder, kind):
    manifest = json.loads((folder / kind / "manifest.json").read_text())
    assert set(manifest["files"]) == {path.name for path in (folder / kind).iterdir()} - {"manifest.json"}
    for name, entry in manifest["files"].items():
        data = (folder / kind / name).read_bytes()
        assert entry == {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    assert manifest["name"] == kind and manifest["format"] == "earshot-bundle" and manifest["version"] == 1


@pytest.mark.parametrize("kind", ["int8", "fp32"])
def test_the_manifest_tells_the_truth_about_every_shape(folder, kind):
    bundle = Bundle(folder / kind)
    audio, segment, shape = (bundle.manifest[key] for key in ("audio", "segment", "decoder"))
    frames = segment["context_frames"] + segment["frames"]
    memory = segment["per_window"] * segment["embeddings"]
    beams, words = bundle.manifest["decoding"]["beam_size"], bundle.manifest["tokens"]["size"]
    cross = [shape["layers"], 1, shape["heads"], memory, shape["head_size"]]
    cache = [shape["layers"], beams, shape["heads"], shape["cache_length"], shape["head_size"]]
    row = [*cache[:3], 1, cache[4]]
    embeddings = [1, segment["embeddings"], segment["embedding_size"]]
    crosses, caches = {"cross_keys": cross, "cross_values": cross}, {"self_keys": cache, "self_values": cache}
    expected = {
        "encoder": ({"log_mel": [1, 1, audio["mel_bins"], frames]}, {"embeddings": embeddings}),
        "memory": ({"embeddings": [1, memory, segment["embedding_size"]]}, crosses),
        "decoder": (
            {"token": [beams], "position": [1], **caches, **crosses},
            {"log_probs": [beams, words], "new_keys": row, "new_values": row},
        ),
    }
    for graph, (inputs, outputs) in expected.items():
        session = getattr(bundle, graph)
        assert {tensor.name: tensor.shape for tensor in session.get_inputs()} == inputs
        assert {tensor.name: tensor.shape for tensor in session.get_outputs()} == outputs
    assert len(bundle.words) == words == len(WORDS)


def test_the_front_end_is_exported_as_it_was_used(folder, student):
    audio = student.settings.audio
    mel = np.fromfile(folder / "int8" / "mel.f32", "<f4").reshape(128, 513)
    assert np.array_equal(mel, mel_bank(audio).numpy())
    assert np.array_equal(np.fromfile(folder / "int8" / "window.f32", "<f4"), analysis_window(audio).numpy())


def test_measured_figures_are_in_the_manifest_and_on_the_model_card(folder):
    assert json.loads((folder / "int8" / "manifest.json").read_text())["quality"] == {"cider_d": 0.5}
    assert "- cider d: 0.5" in (folder / "int8" / "README.md").read_text()


def test_exporting_again_replaces_a_bundle_and_nothing_else(folder, composed, tmp_path):
    files = ["--student", folder / "student.pt", "--mixes", composed.mixes, "--fp32"]
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("keep me")
    with pytest.raises(TrainerError, match="letters: is there already and is no bundle"):
        run("export", *files, "--out", tmp_path / "letters")
    assert (tmp_path / "letters" / "dear.txt").read_text() == "keep me"
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]  # nothing half-written is left


def test_a_set_of_other_windows_cannot_calibrate_a_student(folder, composed, tmp_path):
    other = make_student(1, len(WORDS))
    audio = replace(other.settings.audio, window_segments=4)
    save_student(tmp_path / "student.pt", Student(replace(other.settings, audio=audio)), WORDS)
    with pytest.raises(TrainerError, match="window_segments 2 instead of 4"):
        run("export", "--student", tmp_path / "student.pt", "--mixes", composed.mixes, "--out", tmp_path / "out")
