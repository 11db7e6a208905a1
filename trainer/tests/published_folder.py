"""Folders of published students, for whoever imports them."""

import json
from pathlib import Path

import pytest
from published import AUDIOCAPS, CLOTHO, lively_student, publish_student, published_checkpoint
from safetensors.torch import save_file
from torch import Tensor

from earshot_trainer.importing.import_student import Imported, import_student
from earshot_trainer.tokenizer import SPECIAL


def write_tokenizer(path: Path, words: list[str]) -> Path:
    """A tokenizer.json as the tokenizers library writes a word-level one."""
    added = [{"id": index, "content": SPECIAL[index], "special": True} for index in (1, 2, 3)]
    model = {"type": "WordLevel", "vocab": {word: index for index, word in enumerate(words)}, "unk_token": "<unk>"}
    path.write_text(json.dumps({"version": "1.0", "added_tokens": added, "model": model}, indent=2), encoding="utf-8")
    return path


def make_words(count: int) -> list[str]:
    return [*SPECIAL, *(f"word{index}" for index in range(len(SPECIAL), count))]


def write_published(folder: Path, tensors: dict[str, Tensor], words: list[str]) -> Path:
    """A published folder as the converter of its host leaves it: the tied tensor is there once, as the classifier."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: tensor.contiguous() for name, tensor in tensors.items() if not name.endswith("word_embedding.weight")}
    save_file(kept, folder / "model.safetensors", {"format": "pt"})
    config = {"architectures": ["Effb2TrmCaptioningModel"], "sample_rate": 16000, "attn_emb_dim": 1408, "vocab_size": len(words)}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    write_tokenizer(folder / "tokenizer.json", words)
    return folder


@pytest.fixture(scope="session")
def clotho(tmp_path_factory) -> Imported:
    """The student with the weights and the vocabulary size of the golden values."""
    folder = tmp_path_factory.mktemp("golden")
    return import_student(write_published(folder, published_checkpoint(CLOTHO), make_words(CLOTHO)), None)


@pytest.fixture(scope="session")
def lively(tmp_path_factory) -> Path:
    """Folder of a published student that says different things of different sounds, with AudioCaps's number of words."""
    tensors = publish_student(lively_student(AUDIOCAPS))
    return write_published(tmp_path_factory.mktemp("lively"), tensors, make_words(AUDIOCAPS))
