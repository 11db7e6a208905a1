"""The files of a published student: which are found, what they may be, and that nothing in them is ever run."""

import json
import os
from pathlib import Path

import pytest
import torch
from conftest import run
from published import AUDIOCAPS, CLOTHO, lively_student, publish_student
from published_folder import make_words, write_published, write_tokenizer

from earshot_trainer.errors import TrainerError
from earshot_trainer.importing.find_files import find_files
from earshot_trainer.importing.read_checkpoint import read_checkpoint
from earshot_trainer.importing.vocabulary import read_tokenizer, words_by_id
from earshot_trainer.model.captioner import load_captioner
from earshot_trainer.tokenizer import SPECIAL


@pytest.fixture(scope="module")
def legacy(tmp_path_factory) -> Path:
    """The authors' own .pth: one `model.` less, no classifier, no positions, and a table of words."""
    tensors = {name.removeprefix("model."): tensor for name, tensor in publish_student(lively_student(CLOTHO)).items()}
    for name in ("model.decoder.classifier.weight", "model.decoder.pos_encoder.pe"):
        del tensors[name]
    path = tmp_path_factory.mktemp("legacy") / "clotho_base.pth"
    torch.save({"model": tensors, "tokenizer": {word: index for index, word in enumerate(make_words(CLOTHO))}}, path)
    return path


def test_a_folder_is_imported_and_says_so(lively, tmp_path, capsys):
    run("import_checkpoint", "--from", lively, "--out", tmp_path / "new" / "student.pt")
    told = capsys.readouterr().out
    assert "effb2-trm with 11,443,650 parameters and 4981 words" in told
    assert "they served distillation alone: logit_scale, " in told and "positions" not in told
    student, words, extra = load_captioner(tmp_path / "new" / "student.pt")
    assert words == make_words(AUDIOCAPS) and not student.training
    assert extra["imported_from"]["file"] == "model.safetensors" and len(extra["imported_from"]["sha256"]) == 64


def test_pytorch_model_bin_is_imported_with_a_tokenizer_from_elsewhere(tmp_path):
    torch.save(publish_student(lively_student(CLOTHO)), tmp_path / "pytorch_model.bin")
    (tmp_path / "words").mkdir()
    write_tokenizer(tmp_path / "words" / "tokenizer.json", make_words(CLOTHO))
    given = ["--from", tmp_path / "pytorch_model.bin", "--out", tmp_path / "student.pt"]
    with pytest.raises(TrainerError, match=r"comes without a tokenizer\.json.*clotho-simple-tokenizer"):
        run("import_checkpoint", *given)
    run("import_checkpoint", *given, "--tokenizer", tmp_path / "words")
    state = load_captioner(tmp_path / "student.pt")[0].state_dict()
    assert all(torch.equal(tensor, state[name]) for name, tensor in lively_student(CLOTHO).state_dict().items())


def test_the_authors_own_pth_is_imported_with_its_words_and_its_lost_positions_are_told(legacy, tmp_path, capsys):
    run("import_checkpoint", "--from", legacy, "--out", tmp_path / "student.pt")
    assert "the file leaves its positions out" in capsys.readouterr().out
    student, words, _ = load_captioner(tmp_path / "student.pt")
    assert words == make_words(CLOTHO)
    assert torch.equal(student.decoder.embedding.weight, lively_student(CLOTHO).decoder.embedding.weight)


class Payload:
    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_file_that_would_run_code_is_refused_and_runs_none(tmp_path):
    torch.save({"model": {}, "config": Payload(tmp_path / "hacked")}, tmp_path / "ckpt.pth")
    with pytest.raises(TrainerError, match=r"ckpt\.pth: holds more than tensors and plain values \(.*mkdir\)") as refused:
        read_checkpoint(tmp_path / "ckpt.pth")
    assert "save its state_dict() again" in refused.value.remedy
    assert not (tmp_path / "hacked").exists()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("model.safetensors", b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "is a Git LFS pointer"),
        ("model.safetensors", b"\x10\x00\x00\x00\x00\x00\x00\x00{", "is no readable safetensors file"),
        ("pytorch_model.bin", b"torn", "is no readable file of PyTorch weights"),
    ],
)
def test_a_torn_or_foreign_file_is_named(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TrainerError, match=f"{name}: {told}"):
        read_checkpoint(tmp_path / name)


def test_weights_that_are_no_tensors_are_named(tmp_path):
    torch.save({"model": {"decoder.bias": [1, 2]}}, tmp_path / "a.pth")
    with pytest.raises(TrainerError, match=r"a\.pth: holds what are no tensors among its weights: decoder\.bias \(list\)"):
        read_checkpoint(tmp_path / "a.pth")


def test_the_weights_of_a_folder_are_found_or_their_want_is_told(tmp_path):
    with pytest.raises(TrainerError, match="nowhere: does not exist"):
        find_files(tmp_path / "nowhere", None)
    with pytest.raises(TrainerError, match="holds no weights"):
        find_files(tmp_path, None)
    for name in ("a.pth", "b.pth"):
        (tmp_path / name).touch()
    with pytest.raises(TrainerError, match=r"holds 2 files of weights \(a\.pth, b\.pth\)"):
        find_files(tmp_path, None)
    for name in ("pytorch_model.bin", "model.safetensors", "tokenizer.json"):
        (tmp_path / name).touch()
    files = find_files(tmp_path, None)
    assert (files.weights.name, files.config, files.tokenizer) == ("model.safetensors", None, tmp_path / "tokenizer.json")


def test_a_configuration_of_another_model_is_refused(tmp_path):
    folder = write_published(tmp_path, publish_student(lively_student(CLOTHO)), make_words(CLOTHO))
    (folder / "config.json").write_text(json.dumps({"vocab_size": 4981, "decoder_n_layers": 4}))
    with pytest.raises(TrainerError, match="decoder_n_layers is 4 instead of 2, vocab_size is 4981 instead of 4368"):
        run("import_checkpoint", "--from", folder, "--out", tmp_path / "student.pt")


def test_a_tokenizer_gives_its_words_by_id(tmp_path):
    words = [*SPECIAL, "dog", "barks"]
    assert read_tokenizer(write_tokenizer(tmp_path / "tokenizer.json", words)) == words


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{}", "has no table model.vocab"),
        ('{"model": {"type": "BPE", "vocab": {}}}', "is a tokenizer of the type BPE instead of WordLevel"),
        ('{"model": {"type": "WordLevel", "vocab": {"a": "0"}}}', "holds something else than words and whole numbers"),
        ('{"model": {"type": "WordLevel", "vocab": {"<pad>": 0, "a": 2}}}', "of 2 words none has the id 1"),
        ('{"model": {"type": "WordLevel", "vocab": {"a": 0}}, "added_tokens": [1]}', "has added_tokens without content or id"),
        ("no json", "is no readable JSON file"),
    ],
)
def test_a_broken_tokenizer_is_told(tmp_path, content, told):
    path = tmp_path / "tokenizer.json"
    path.write_text(content)
    with pytest.raises(TrainerError, match=told):
        read_tokenizer(path)


def test_other_special_tokens_are_refused():
    words = {word: index for index, word in enumerate(["<unk>", "<start>", "<end>", "<pad>", "dog"])}
    with pytest.raises(TrainerError, match="begins with '<unk>', '<start>'") as refused:
        words_by_id(Path("ckpt.pth"), words)
    assert "instead of '<pad>', '<start>'" in refused.value.message
