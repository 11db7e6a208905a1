"""What a checkpoint's tensors may be called and must hold; faults are told all at once, with what was expected."""

from pathlib import Path

import pytest
import torch
from published import CLOTHO, lively_student, publish_student
from published_folder import make_words

from earshot_trainer.errors import TrainerError
from earshot_trainer.importing.find_files import CheckpointFiles
from earshot_trainer.importing.import_student import Imported, assemble_student

FILES = CheckpointFiles(Path("model.safetensors"), None, Path("tokenizer.json"))
WORDS = make_words(CLOTHO)
EMBEDDING, CLASSIFIER = "model.model.decoder.word_embedding.weight", "model.model.decoder.classifier.weight"
LAST_NORM = "model.model.decoder.model.layers.1.norm3.bias"


@pytest.fixture
def tensors() -> dict[str, torch.Tensor]:
    """Those of a published student; a test may take from them and add to them, but not change one in place."""
    return publish_student(lively_student(CLOTHO))


def assemble(tensors: dict[str, torch.Tensor]) -> Imported:
    return assemble_student(FILES, tensors, WORDS)


def refusal(tensors: dict[str, torch.Tensor]) -> str:
    with pytest.raises(TrainerError) as refused:
        assemble(tensors)
    assert refused.value.remedy
    return refused.value.message


def is_the_student(imported: Imported) -> bool:
    expected = lively_student(CLOTHO).state_dict()
    return all(torch.equal(tensor, expected[name]) for name, tensor in imported.student.state_dict().items())


def test_the_tied_tensor_may_have_either_name_or_both(tensors):
    tied = tensors[CLASSIFIER]
    rest = {name: tensor for name, tensor in tensors.items() if name not in (EMBEDDING, CLASSIFIER)}
    for named in ({CLASSIFIER: tied}, {EMBEDDING: tied}, {EMBEDDING: tied, CLASSIFIER: tied.clone()}):
        assert is_the_student(assemble(rest | named))
    assert "differs from decoder.word_embedding.weight, with which it must be tied" in refusal(
        rest | {EMBEDDING: tied, CLASSIFIER: tied + 1e-3}
    )
    assert "decoder.word_embedding.weight is missing, expected [4368, 256]" in refusal(rest)


@pytest.mark.parametrize("prefix", ["", "model.", "module.model.", "model.model."])
def test_names_may_have_any_number_of_modules_before_them(tensors, prefix):
    assert is_the_student(assemble({name.replace("model.model.", prefix, 1): tensor for name, tensor in tensors.items()}))


def test_what_served_distillation_alone_is_left_out_and_told(tensors):
    heads = ["logit_scale", "stdnt_proj.weight", "stdnt_proj.bias", "tchr_proj.weight", "tchr_proj.bias"]
    assert assemble(tensors).dropped == heads
    assert assemble({name: tensor for name, tensor in tensors.items() if name.startswith("model.model.")}).dropped == []


def test_positions_that_are_left_out_are_zero_and_counters_may_be_missing(tensors):
    del tensors["model.model.decoder.pos_encoder.pe"]
    imported = assemble({name: tensor for name, tensor in tensors.items() if not name.endswith("num_batches_tracked")})
    assert not imported.has_positions and not imported.student.decoder.positions.any()


def test_half_precision_is_imported_as_single(tensors):
    halves = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in tensors.items()}
    assert {tensor.dtype for tensor in assemble(halves).student.state_dict().values()} == {torch.float32, torch.int64}


def test_all_that_is_missing_unknown_misshaped_or_no_number_is_named_at_once(tensors):
    del tensors[LAST_NORM]
    tensors["model.model.decoder.gate.weight"] = torch.zeros(3, 4)
    tensors["model.model.decoder.attn_proj.0.weight"] = torch.zeros(256, 768)
    tensors["model.model.encoder.backbone.eff_net._bn0.bias"] = torch.full((32,), float("nan"))
    told = refusal(tensors)
    assert told.startswith("model.safetensors: is no whole effb2-trm: ")
    for fault in (
        "decoder.model.layers.1.norm3.bias is missing, expected [256]",
        "decoder.gate.weight [3, 4] is not known",
        "decoder.attn_proj.0.weight has the shape [256, 768], expected [256, 1408]",
        "encoder.backbone.eff_net._bn0.bias holds values that are not numbers",
    ):
        assert fault in told
    assert told.count(";") == 3


def test_stacked_tensors_are_missed_by_their_published_name_and_shape(tensors):
    del tensors["model.model.decoder.model.layers.0.self_attn.in_proj_weight"]
    assert "decoder.model.layers.0.self_attn.in_proj_weight is missing, expected [768, 256]" in refusal(tensors)


def test_another_front_end_is_refused(tensors):
    tensors["model.model.encoder.melspec_extractor.mel_scale.fb"] = torch.rand(257, 64)
    assert "mel_scale.fb is constant in the paper's model but has other values here" in refusal(tensors)


def test_a_vocabulary_of_another_size_is_refused_with_both_numbers(tensors):
    with pytest.raises(TrainerError, match=r"model\.safetensors: has embeddings of 4368 words where tokenizer\.json has 4981"):
        assemble_student(FILES, tensors, make_words(4981))


def test_weights_of_something_else_are_told_by_how_they_begin():
    assert "holds no tensor of effb2-trm (it begins with fc.weight, fc.bias)" in refusal(
        {"fc.weight": torch.zeros(2, 2), "fc.bias": torch.zeros(2)}
    )


def test_a_tensor_that_is_there_twice_under_different_names_is_refused(tensors):
    tensors[LAST_NORM.removeprefix("model.")] = tensors[LAST_NORM]
    assert "holds decoder.model.layers.1.norm3.bias twice" in refusal(tensors)
