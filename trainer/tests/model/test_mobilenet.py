import pytest
import torch
from torch import nn

from earshot_trainer.errors import TrainerError
from earshot_trainer.model.mobilenet import ConvNorm, MobileNetEncoder, Tagger, block_shapes, load_tagger

# EfficientAT mn04_as: kernel, expanded, out, squeeze width (0: none), hard swish, stride.
MN04 = [
    (3, 8, 8, 0, False, 1), (3, 24, 16, 0, False, 2), (3, 32, 16, 0, False, 1),
    (5, 32, 16, 8, False, 2), (5, 48, 16, 16, False, 1), (5, 48, 16, 16, False, 1),
    (3, 96, 32, 0, True, 2), (3, 80, 32, 0, True, 1), (3, 72, 32, 0, True, 1), (3, 72, 32, 0, True, 1),
    (3, 192, 48, 48, True, 1), (3, 272, 48, 72, True, 1),
    (5, 272, 64, 72, True, 2), (5, 384, 64, 96, True, 1), (5, 384, 64, 96, True, 1),
]  # fmt: skip


def conv_norm(prefix: str, *shape: int) -> dict[str, tuple[int, ...]]:
    channels = {f"{prefix}.1.{name}": shape[:1] for name in ("weight", "bias", "running_mean", "running_var")}
    return {f"{prefix}.0.weight": shape, **channels, f"{prefix}.1.num_batches_tracked": ()}


def published_layout() -> dict[str, tuple[int, ...]]:
    """Names and shapes of EfficientAT's file, written from its table."""
    layout = conv_norm("features.0", 8, 1, 3, 3)
    channels = 8
    for number, (kernel, expanded, out, squeeze, _, _) in enumerate(MN04, start=1):
        parts = [(expanded, channels, 1, 1)] if expanded != channels else []
        parts.append((expanded, 1, kernel, kernel))
        for index, shape in enumerate(parts):
            layout |= conv_norm(f"features.{number}.block.{index}", *shape)
        if squeeze:
            gate = f"features.{number}.block.2.conc_se_layers.0"
            layout |= {f"{gate}.fc1.weight": (squeeze, expanded), f"{gate}.fc1.bias": (squeeze,)}
            layout |= {f"{gate}.fc2.weight": (expanded, squeeze), f"{gate}.fc2.bias": (expanded,)}
        layout |= conv_norm(f"features.{number}.block.{len(parts) + bool(squeeze)}", out, expanded, 1, 1)
        channels = out
    layout |= conv_norm("features.16", 384, 64, 1, 1)
    layout |= {"classifier.2.weight": (512, 384), "classifier.2.bias": (512,)}
    return layout | {"classifier.5.weight": (527, 512), "classifier.5.bias": (527,)}


def test_channels_are_those_of_the_published_table():
    shapes = block_shapes(0.4)
    assert [(s.kernel, s.expanded, s.out, s.hard_swish, s.stride) for s in shapes] == [
        (k, e, o, h, s) for k, e, o, _, h, s in MN04
    ]
    assert [s.squeeze_excite for s in shapes] == [bool(squeeze) for _, _, _, squeeze, _, _ in MN04]


def test_a_tagger_has_the_312_names_and_shapes_of_the_published_weights():
    layout = published_layout()
    assert len(layout) == 312
    assert {name: tuple(tensor.shape) for name, tensor in Tagger().state_dict().items()} == layout


def test_a_tagger_has_983_thousand_parameters():
    assert sum(p.numel() for p in Tagger().parameters()) == pytest.approx(983_000, abs=1000)
    assert sum(p.numel() for p in MobileNetEncoder(0.4).parameters()) == pytest.approx(516_000, abs=1000)


@pytest.mark.parametrize("frames", [1, 31, 32, 33, 64, 200])
def test_an_embedding_stands_for_32_frames_begun(frames):
    encoder = MobileNetEncoder(0.4).eval()
    with torch.inference_mode():
        assert encoder(torch.zeros(2, 1, 128, frames)).shape == (2, -(-frames // 32), 384)


def test_normalisation_folded_into_the_kernel_gives_the_same_result():
    torch.manual_seed(0)
    layer = ConvNorm(4, 8, 3, 2, 4, nn.Hardswish)
    nn.init.uniform_(layer[1].running_mean, -1, 1)
    nn.init.uniform_(layer[1].running_var, 0.1, 3)
    nn.init.uniform_(layer[1].weight, -1, 2)
    x = torch.randn(2, 4, 9, 11)
    layer.eval()
    assert torch.allclose(layer(x), layer[2](layer[1](layer[0](x))), atol=1e-5)


def test_a_file_of_other_weights_is_named_with_the_first_thing_that_differs(tmp_path):
    for name, content, told in [
        ("list.pt", [1, 2], "holds a list"),
        ("other.pt", MobileNetEncoder(0.4).state_dict(), r"classifier\.2\.weight is missing"),
        ("wide.pt", Tagger(width=0.5).state_dict(), "has the shape"),
        ("more.pt", {**Tagger().state_dict(), "head.weight": torch.zeros(1)}, r"head\.weight is not known"),
    ]:
        torch.save(content, tmp_path / name)
        with pytest.raises(TrainerError, match=told) as caught:
            load_tagger(tmp_path / name)
        assert name in str(caught.value) and "mn04_as" in caught.value.remedy
    (tmp_path / "text.pt").write_text("no weights")
    for name in ("text.pt", "missing.pt"):
        with pytest.raises(TrainerError, match=name):
            load_tagger(tmp_path / name)
