"""Stage 5: export a student to ONNX, quantize it to int8 and write the bundle that the daemon runs."""

import argparse
import json
from pathlib import Path

import numpy as np

from ..data.mixes import Mixes
from ..decoding import DecodingSettings
from ..export.bundle import write_bundle
from ..export.card import model_card
from ..export.onnx import export_graphs
from ..export.quantize import quantize_encoder, quantize_matrices
from ..model.student import Student, load_student


def calibration_segments(student: Student, mixes: Mixes, count: int) -> list[np.ndarray]:
    """One random segment from each of `count` mixes, spread over the whole set."""
    rng = np.random.default_rng(0)
    chosen = np.unique(np.linspace(0, len(mixes) - 1, count).astype(int))
    segments = student.segments(mixes.batch(chosen)).unflatten(0, (len(chosen), -1))
    return [windows[rng.integers(len(windows))][None].numpy() for windows in segments]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--student", type=Path, required=True, help="checkpoint written by the train stage")
    parser.add_argument("--mixes", type=Path, required=True, help="composed set to calibrate on")
    parser.add_argument("--out", type=Path, required=True, help="bundle folder, for example models/default")
    parser.add_argument("--calibration", type=int, default=300, help="segments to calibrate on (default: 300)")
    parser.add_argument("--quality", type=Path, help="JSON of measured figures for the manifest and the model card")
    parser.add_argument("--training", type=Path, help="JSON that says what the student was trained on")
    parser.add_argument("--description", default="English captions of everyday sounds, for microphones at home")
    parser.add_argument("--fp32", action="store_true", help="leave the graphs in fp32 (for comparison)")
    options = parser.parse_args()
    student, words, _ = load_student(options.student)
    decoding = DecodingSettings()
    work = options.out.parent / f".{options.out.name}-graphs"
    graphs = export_graphs(student, decoding, work)
    if not options.fp32:
        int8 = {graph: work / f"{graph}.int8.onnx" for graph in graphs}
        segments = calibration_segments(student, Mixes(options.mixes), options.calibration)
        quantize_encoder(graphs["encoder"], int8["encoder"], segments)
        for graph in ("memory", "decoder"):
            quantize_matrices(graphs[graph], int8[graph])
        graphs = int8
    about = {
        "name": options.out.name,
        "description": options.description,
        "quality": json.loads(options.quality.read_text()) if options.quality else {},
        "training": json.loads(options.training.read_text()) if options.training else {},
        "licences": [
            {"what": "the trained weights", "licence": "research and personal use: some training recordings are non-commercial"},
            {"what": "initial encoder weights (EfficientAT mn04_as)", "licence": "MIT"},
        ],
    }
    manifest = write_bundle(
        options.out, graphs, student.settings, words, decoding, student.encoder.embedding_size, about, model_card(about)
    )
    for path in work.iterdir():
        path.unlink()
    work.rmdir()
    total = sum(entry["bytes"] for entry in manifest["files"].values())
    print(f"bundle written to {options.out}, {total / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
