"""The three ONNX graphs of a student, with the signatures of `docs/bundle.md`."""

import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from ..decoding import DecodingSettings
from ..model.captioner import Captioner

OPSET = 18
GRAPHS = ("encoder", "memory", "decoder")


class SegmentEncoder(nn.Module):
    """`encoder.onnx`: log-mel of one segment to its embeddings."""

    def __init__(self, student: Captioner):
        super().__init__()
        self.student = student

    def forward(self, log_mel: Tensor) -> Tensor:
        return self.student.encode_segment(log_mel)


class WindowMemory(nn.Module):
    """`memory.onnx`: embeddings of a window to the decoder's cross-attention keys and values."""

    def __init__(self, student: Captioner):
        super().__init__()
        self.student = student

    def forward(self, embeddings: Tensor) -> tuple[Tensor, Tensor]:
        return self.student.decoder.cross_keys_values(self.student.remember(embeddings))


class DecoderStep(nn.Module):
    """`decoder.onnx`: one step of the decoder."""

    def __init__(self, student: Captioner):
        super().__init__()
        self.decoder = student.decoder

    def forward(self, token, position, self_keys, self_values, cross_keys, cross_values):
        return self.decoder.step(token, position, self_keys, self_values, cross_keys, cross_values)


def example_inputs(student: Captioner, decoding: DecodingSettings) -> dict[str, dict[str, Tensor]]:
    """Inputs of the right shapes for each graph, by name."""
    settings = student.settings
    audio, shape = settings.audio, settings.decoder
    head = shape.width // shape.heads
    memory = audio.window_segments * settings.segment_embeddings
    cache = torch.zeros(shape.layers, decoding.beam_size, shape.heads, shape.cache_length, head)
    cross = torch.zeros(shape.layers, 1, shape.heads, memory, head)
    return {
        "encoder": {"log_mel": torch.zeros(1, 1, audio.mel_bins, audio.context_frames + audio.segment_frames)},
        "memory": {"embeddings": torch.zeros(1, memory, settings.embedding_size)},
        "decoder": {
            "token": torch.ones(decoding.beam_size, dtype=torch.int32),
            "position": torch.zeros(1, dtype=torch.int32),
            "self_keys": cache, "self_values": cache.clone(),
            "cross_keys": cross, "cross_values": cross.clone(),
        },
    }  # fmt: skip


OUTPUTS = {
    "encoder": ["embeddings"],
    "memory": ["cross_keys", "cross_values"],
    "decoder": ["log_probs", "new_keys", "new_values"],
}


def export_graphs(student: Captioner, decoding: DecodingSettings, folder: Path) -> dict[str, Path]:
    """Write `encoder.onnx`, `memory.onnx` and `decoder.onnx` in fp32; returns their paths by graph."""
    folder.mkdir(parents=True, exist_ok=True)
    return {graph: export_graph(student, decoding, graph, folder / f"{graph}.onnx") for graph in GRAPHS}


def export_graph(student: Captioner, decoding: DecodingSettings, graph: str, path: Path) -> Path:
    """Write one of the three graphs in fp32 to `path`, and return it."""
    student.eval()
    modules = {"encoder": SegmentEncoder, "memory": WindowMemory, "decoder": DecoderStep}
    inputs = example_inputs(student, decoding)[graph]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            modules[graph](student).eval(), tuple(inputs.values()), input_names=list(inputs), output_names=OUTPUTS[graph],
            opset_version=OPSET, dynamo=True, verbose=False, optimize=True,
        )  # fmt: skip
    program.save(path, external_data=False)
    model = onnx.load(path)
    del model.metadata_props[:]
    # Inferred afresh by whoever needs them: the exporter's own notes go stale when it folds a transposition.
    del model.graph.value_info[:]
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path
