import json
import re

import numpy as np
import pytest
import soundfile
import torch
from conftest import run

from earshot_trainer.audio.settings import PAPER_AUDIO
from earshot_trainer.data.shards.unlabelled import Unlabelled
from earshot_trainer.errors import TrainerError
from earshot_trainer.teachers import htsat_bart
from earshot_trainer.teachers.htsat_bart import HtsatBartTeacher, load_htsat_bart
from earshot_trainer.teachers.htsat_bart_model import HtsatBart, HtsatBartShape, LogMel64
from earshot_trainer.teachers.open_teacher import open_teacher

SMALL = HtsatBartShape(8, (2, 1, 1, 1), (1, 2, 4, 8), 32, 1, 2, 64, 40)
BLOCK = "encoder.audio_enc.layers.0.blocks.0"
WORDS = ["<s>", "<pad>", "</s>", "<unk>", *(f"Ġword{i}" for i in range(34)), "Ġ,", "<mask>"]


def to_wavcaps(model: HtsatBart) -> dict[str, torch.Tensor]:
    """The names of WavCaps, with all that its checkpoints hold beside; written apart from what reads them."""
    ours, theirs = model.state_dict(), {}
    for original, value in ours.items():
        name = original
        name = re.sub(r"^bart\.", "decoder.", re.sub(r"^bridge\.", "enc_to_dec_proj.", name))
        if name.startswith("encoder."):
            name = f"encoder.audio_enc.{name.removeprefix('encoder.').replace('batch_norm.', 'bn0.')}"
            name = name.replace("layernorm_before", "norm1").replace("layernorm_after", "norm2")
            name = name.replace("intermediate.dense", "mlp.fc1").replace("attention.output.dense", "attn.proj")
            name = name.replace("output.dense", "mlp.fc2").replace("attention.self.relative", "attn.relative")
        if ".attention.self.key." in name or ".attention.self.value." in name:
            continue
        if ".attention.self.query." in name:
            name = name.replace("attention.self.query", "attn.qkv")
            value = torch.cat([ours[original.replace("query", part)] for part in ("query", "key", "value")])
        theirs[name] = value
    theirs["encoder.audio_enc.layers.0.blocks.1.attn_mask"] = torch.zeros(64, 64, 64)
    theirs["encoder.audio_enc.audio_feats_extractor.log_trans.melW"] = torch.zeros(513, 64)
    theirs["encoder.audio_enc.tscam_conv.weight"] = torch.zeros(527, 64, 2, 3)
    theirs["encoder.audio_enc.head.bias"] = torch.zeros(527)
    return theirs


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(3)
    model = HtsatBart(SMALL).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return model


@pytest.fixture(scope="module")
def checkpoint(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wavcaps")
    torch.save({"config": {"audio_args": {"sr": 32000}}, "model": to_wavcaps(model)}, folder / "htsat-bart.pt")
    (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(WORDS)}), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return folder / "htsat-bart.pt"


def test_the_full_size_is_that_of_wavcaps():
    with torch.device("meta"):
        model = HtsatBart(HtsatBartShape())
    assert sum(parameter.numel() for parameter in model.bridge.parameters()) == 590_592
    assert sum(parameter.numel() for parameter in model.encoder.parameters()) == 27_534_360 + 128
    assert sum(parameter.numel() for parameter in model.bart.parameters()) == 139_420_416


def test_a_checkpoint_in_wavcaps_layout_gives_the_same_model_again(model, checkpoint):
    loaded = load_htsat_bart(checkpoint, SMALL)
    assert all(torch.equal(value, loaded.state_dict()[name]) for name, value in model.state_dict().items())
    sound = 0.1 * torch.randn(1, 320000)
    with torch.inference_mode():
        mine, theirs = (either.embed(either.log_mel(sound)) for either in (model, loaded))
    assert torch.equal(mine[0], theirs[0]) and torch.equal(mine[1], theirs[1])


def test_ten_seconds_become_32_frames_which_bart_reads_32_times_each(model):
    with torch.inference_mode():
        log_mel = model.log_mel(0.1 * torch.randn(2, 320000))
        clips, frames = model.embed(log_mel)
        memory = model.remember(frames)
    assert log_mel.shape == (2, 1, 1001, 64) and clips.shape == (2, 64) and frames.shape == (2, 32, 64)
    assert memory.shape == (2, 1024, 32) and torch.allclose(frames.mean(1), clips, atol=1e-5)


def test_the_log_mel_of_a_tone_is_loudest_where_slaneys_scale_has_it():
    time = torch.arange(32000) / 32000
    level = LogMel64()(0.5 * torch.sin(2 * torch.pi * 1000 * time)[None])[0, 0, 50]
    # Slaney: 200/3 Hz a mel up to 1 kHz (15 mel), then 27 / ln(6.4) mel a factor of e; 66 corners from 50 Hz to 14 kHz.
    corners = torch.linspace(0.75, 15 + torch.log(torch.tensor(14.0)).item() * 27 / np.log(6.4), 66)
    assert int(level.argmax()) == int((corners[1:-1] - 15).abs().argmin())
    assert torch.allclose(LogMel64()(torch.zeros(1, 32000)), torch.tensor(-100.0))


def test_it_teaches_embeddings_and_captions(checkpoint, model):
    teacher = HtsatBartTeacher(checkpoint, SMALL)
    heard = teacher.features(torch.randn(2, 320000) * torch.tensor([[0.01], [0.5]]))
    lesson = teacher.lesson(heard)
    assert lesson.embeddings.shape == (2, teacher.embedding_size) and teacher.audio is None
    assert lesson.captions == teacher.caption(heard) and all(isinstance(caption, str) for caption in lesson.captions)
    assert all(word.startswith("word") for caption in lesson.captions for word in caption.split()) and any(lesson.captions)
    with torch.inference_mode():
        assert torch.allclose(lesson.embeddings, model.embed(heard)[0], atol=1e-5)


def test_generation_holds_to_three_beams_and_thirty_tokens(model):
    with torch.inference_mode():
        tokens = model.generate(torch.randn(2, 32, 64))
    assert tokens.shape[0] == 2 and tokens.shape[1] <= 30 and (tokens[:, :2] == torch.tensor([2, 0])).all()


def test_it_listens_to_a_folder_together_with_the_papers_student(checkpoint, tmp_path, monkeypatch):
    monkeypatch.setattr(htsat_bart, "HtsatBartShape", lambda: SMALL)
    (tmp_path / "sounds").mkdir()
    for i in range(2):
        soundfile.write(tmp_path / "sounds" / f"{i}.wav", 0.1 * np.sin(np.arange(44100) * 0.05 * (i + 1)), 44100)
    sounds = ["--sounds", tmp_path / "sounds", "--teacher", f"htsat-bart:{checkpoint}"]
    run("listen_folder", *sounds, "--front-end", "effb2-trm", "--out", tmp_path / "shards")
    batch = Unlabelled(tmp_path / "shards", PAPER_AUDIO, 2, 0).at(0)
    assert batch.log_mel.shape == (2, 64, 1001) and batch.embeddings.shape == (2, 64) and len(batch.captions) == 2


def test_it_cannot_hear_composed_log_mel(checkpoint, composed, monkeypatch, tmp_path):
    monkeypatch.setattr(htsat_bart, "HtsatBartShape", lambda: SMALL)
    with pytest.raises(TrainerError, match="the teacher htsat-bart hears waveforms") as caught:
        run("teach", "--set", composed.mixes, "--teacher", f"htsat-bart:{checkpoint}", "--out", tmp_path / "out")
    assert "prepare_dataset" in caught.value.remedy


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda w: w.pop("enc_to_dec_proj.bias"), r"bridge\.bias is missing"),
        (lambda w: w.update({"enc_to_dec_proj.bias": torch.zeros(5)}), r"bridge\.bias has the shape \[5\] instead of \[32\]"),
        (lambda w: w.update({"encoder.audio_enc.fc.weight": torch.zeros(5)}), r"encoder\.fc\.weight is not known"),
        (lambda w: w.update({f"{BLOCK}.attn.qkv.bias": torch.zeros(9)}), r"query\.bias has the shape \[3\]"),
    ],
)
def test_weights_that_do_not_fit_are_named(checkpoint, model, tmp_path, change, told):
    weights = to_wavcaps(model)
    change(weights)
    torch.save({"model": weights}, tmp_path / "other.pt")
    with pytest.raises(TrainerError, match=told):
        load_htsat_bart(tmp_path / "other.pt", SMALL)


def test_a_checkpoint_of_something_else_or_without_its_tokenizer_is_told(checkpoint, tmp_path):
    torch.save({"state_dict": {}}, tmp_path / "other.pt")
    with pytest.raises(TrainerError, match=r"has no weights under `model` \(it has state_dict\)"):
        load_htsat_bart(tmp_path / "other.pt", SMALL)
    with pytest.raises(TrainerError, match=r"vocab\.json: does not exist") as caught:
        open_teacher(f"htsat-bart:{tmp_path / 'other.pt'}")
    assert "facebook/bart-base" in caught.value.remedy
    torch.save({"model": {"a": torch.zeros(1)}, "config": object}, tmp_path / "code.pt")
    with pytest.raises(TrainerError, match=r"code\.pt"):
        load_htsat_bart(tmp_path / "code.pt", SMALL)
