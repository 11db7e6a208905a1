"""fp32 graphs to int8: static for the encoder's convolutions, dynamic for the decoder's matrices."""

import logging
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

MOBILENET_FIRST = 4
"""Stem and first block."""
EFFICIENTNET_FIRST = 49
"""Stem and blocks 0 to 9: nearly all that int8 costs is lost there, and they hold a tenth of the weights."""


class SegmentReader(CalibrationDataReader):
    """Feeds log-mel segments, each [1, 1, mel_bins, frames], to the calibration."""

    def __init__(self, segments: Iterable[np.ndarray]):
        self._segments: Iterator[np.ndarray] = iter(segments)

    def get_next(self) -> dict[str, np.ndarray] | None:
        segment = next(self._segments, None)
        return None if segment is None else {"log_mel": segment}


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep the quantizer's advice to prepare a model, which has been followed, off the terminal."""
    log = logging.getLogger()
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _prepared(source: Path, folder: str) -> Path:
    """Shapes inferred and operators fused, as the quantizer expects."""
    prepared = Path(folder) / source.name
    quant_pre_process(source, prepared, skip_symbolic_shape=True)
    return prepared


def kept_in_fp32(path: Path, first: int) -> list[str]:
    """Convolutions that int8 makes slower or much worse: the `first` ones, on large maps, and all depthwise ones."""
    convolutions = [node for node in onnx.load(path).graph.node if node.op_type == "Conv"]
    depthwise = [node for node in convolutions if any(a.name == "group" and a.i > 1 for a in node.attribute)]
    return sorted({node.name for node in [*convolutions[:first], *depthwise]})


def quantize_encoder(source: Path, target: Path, segments: Iterable[np.ndarray], first: int) -> None:
    """Static QDQ: per-channel int8 weights, uint8 activations calibrated on `segments`; the `first` convolutions stay fp32."""
    with _quietly(), tempfile.TemporaryDirectory() as folder:
        prepared = _prepared(source, folder)
        quantize_static(
            prepared, target, SegmentReader(segments),
            quant_format=QuantFormat.QDQ, per_channel=True, op_types_to_quantize=["Conv"],
            weight_type=QuantType.QInt8, activation_type=QuantType.QUInt8,
            calibrate_method=CalibrationMethod.MinMax, nodes_to_exclude=kept_in_fp32(prepared, first),
            extra_options={"CalibMovingAverage": True},
        )  # fmt: skip


def _untie_embedding(path: Path) -> None:
    """Give look-ups a table of their own: the quantizer transposes a classifier's matrix in place."""
    model = onnx.load(path)
    multiplied = {name for node in model.graph.node if node.op_type in ("Gemm", "MatMul") for name in node.input}
    tables = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Gather" and node.input[0] in multiplied & tables.keys():
            copy = onnx.TensorProto()
            copy.CopyFrom(tables[node.input[0]])
            copy.name = f"{copy.name}.table"
            model.graph.initializer.append(copy)
            node.input[0] = copy.name
    onnx.save(model, path)


def quantize_matrices(source: Path, target: Path) -> None:
    """Dynamic: int8 weights per output channel for every matrix, activations quantized as they come."""
    with _quietly(), tempfile.TemporaryDirectory() as folder:
        prepared = _prepared(source, folder)
        _untie_embedding(prepared)
        quantize_dynamic(
            prepared, target, per_channel=True, weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gemm"],
        )  # fmt: skip
