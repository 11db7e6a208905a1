"""The imported student beside the paper's own code: every value that was measured there, computed here."""

import numpy as np
import pytest
import torch
from published import GOLDEN, golden_signal

from earshot_trainer.captioning import caption_embeddings
from earshot_trainer.decoding import PAPER
from earshot_trainer.model.cost import multiply_adds, parameters
from earshot_trainer.model.effb2_trm import EffB2Trm
from earshot_trainer.tokenizer import START

CLIPS = ["1s", "10s"]

# Two things keep decoder and tokens from being equal to the last digit. The authors' module has noise of up to 0.015 for
# positions, which was not written down with the values; here it is zero. And the rule's embeddings are a sine over the
# words, so that of 4368 words several are equally likely to a millionth: what is best among them is rounding.
POSITION_NOISE = 0.01
NEAR_TIE = 2e-5


@pytest.fixture(scope="module")
def student(clotho) -> EffB2Trm:
    return clotho.student


@pytest.fixture(scope="module", params=CLIPS)
def clip(request, student) -> dict:
    """What was measured of a clip, and what the student makes of it: log-mel, blocks, all steps, embeddings."""
    measured = GOLDEN[request.param]
    outputs: dict[str, torch.Tensor] = {}
    encoder = student.encoder
    layers = {"_conv_stem": encoder._conv_stem, **{f"_blocks.{i}": block for i, block in enumerate(encoder._blocks)}}
    hooks = [
        layer.register_forward_hook(lambda _, __, output, name=name: outputs.update({name: output[0]}))
        for name, layer in layers.items()
    ]
    with torch.inference_mode():
        log_mel = student.log_mel(torch.from_numpy(golden_signal(measured["n_samples"]))[None])
        steps = encoder(student.segments(log_mel))[0]
        embeddings = student.encode(log_mel)
    for hook in hooks:
        hook.remove()
    found = {"log_mel": log_mel[0], "blocks": outputs, "steps": steps, "embeddings": embeddings}
    return {"name": request.param, "measured": measured, "found": found}


@pytest.fixture
def tell(clip, capsys):
    """Print how far we are from what was measured; seen with `pytest -s`, and kept from the terminal without."""
    return lambda what, difference: print(f"\n  {clip['name']:>3}: {what} at most {difference:.1e} apart", end="")


def apart(found, measured) -> float:
    return float(np.max(np.abs(np.asarray(found, np.float64) - np.asarray(measured, np.float64))))


def test_the_log_mel_is_that_of_the_papers_front_end(clip, tell):
    log_mel, measured = clip["found"]["log_mel"], clip["measured"]
    assert list(log_mel.shape) == measured["mel_shape"]
    points = {key: tuple(map(int, key.split(","))) for key in measured["db_points"]}
    difference = apart([log_mel[at] for at in points.values()], list(measured["db_points"].values()))
    tell("log-mel (dB)", difference)
    assert difference < 0.01
    summary = [float(log_mel.min()), float(log_mel.max()), float(log_mel.mean())]
    assert summary == pytest.approx([measured["db_min"], measured["db_max"], measured["db_mean"]], abs=1e-3)


def test_every_block_has_the_measured_shape_mean_and_deviation(clip, tell):
    found = {name: [list(x.shape), x.mean().item(), x.std().item()] for name, x in clip["found"]["blocks"].items()}
    measured = clip["measured"]["blocks"]
    assert {name: shape for name, (shape, _, _) in found.items()} == {name: shape for name, (shape, _, _) in measured.items()}
    deviation = {name: values[2] for name, values in measured.items()}
    difference = max(apart(found[name][1:], measured[name][1:]) / deviation[name] for name in measured)
    tell("means and deviations of blocks, of a deviation,", difference)
    assert difference < 1e-3


def test_the_encoder_gives_the_measured_embeddings_and_leaves_the_last_step_unseen(clip, tell):
    steps, embeddings, measured = clip["found"]["steps"], clip["found"]["embeddings"][0], clip["measured"]
    assert list(steps.shape) == measured["attn_shape"]
    assert len(embeddings) == measured["attn_len"] == len(steps) - 1
    assert torch.allclose(embeddings, steps[:-1], rtol=1e-4, atol=1e-4)
    clip_embedding = embeddings.mean(dim=0)
    pairs = [(steps[0], "attn[0][:6]"), (steps[-1], "attn[-1][:6]"), (clip_embedding, "fc[:6]")]
    difference = max(apart(found[:6], measured[name]) for found, name in pairs)
    tell(f"embeddings (up to {float(steps.max()):.0f})", difference)
    assert difference < 2e-3
    assert [steps.mean().item(), steps.std().item()] == pytest.approx([measured["attn_mean"], measured["attn_std"]], rel=1e-4)


def test_the_decoder_gives_the_measured_logits_but_for_the_noise_of_the_positions(clip, student, tell):
    measured = clip["measured"]
    with torch.inference_mode():
        logits = student(clip["found"]["embeddings"], torch.tensor([measured["decoder_prefix"]]))[0]
    difference = max(apart(logits[-1, :6], measured["logit_last[:6]"]), apart(logits[0, :6], measured["logit_first[:6]"]))
    tell(f"logits (up to {float(logits.max()):.1f})", difference)
    assert difference < POSITION_NOISE
    for found, best in zip(logits, measured["argmax_per_pos"], strict=True):
        assert found.max() - found[best] < NEAR_TIE


def test_every_measured_token_is_as_likely_as_the_most_likely_one(clip, student, tell):
    tokens = torch.tensor(clip["measured"]["greedy"])
    with torch.inference_mode():
        logits = student(clip["found"]["embeddings"], torch.tensor([[START, *tokens[:-1]]]))[0]
    below = logits.max(dim=-1).values - logits.gather(1, tokens[:, None])[:, 0]
    tell("the measured greedy tokens' logits and the highest ones", float(below.max()))
    assert below.max() < NEAR_TIE


def test_the_measured_beam_is_as_likely_as_the_one_that_is_found(clip, student, tell):
    tokens, found = torch.tensor(clip["measured"]["beam3"]), caption_embeddings(student, clip["found"]["embeddings"][0], PAPER)
    with torch.inference_mode():
        logits = student(clip["found"]["embeddings"], torch.tensor([[START, *tokens[:-1]]]))[0]
    score = float(logits.log_softmax(dim=-1).gather(1, tokens[:, None]).mean())
    tell("the measured beam's score and the best one found", abs(score - found.score))
    assert score == pytest.approx(found.score, abs=5e-4)


def test_the_student_has_the_papers_size_and_cost(student):
    assert parameters(student.encoder) == 7_700_418
    assert parameters(student) == 11_286_722
    assert multiply_adds(student.encoder, torch.randn(1, 1, 64, 1001)) == pytest.approx(839e6, rel=1e-3)
