"""Stage 5: export a student to ONNX, quantize it to int8 and write the bundle that the daemon runs."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ..data.mixes import Mixes
from ..decoding import DecodingSettings
from ..errors import TrainerError
from ..export.bundle import require_replaceable, write_bundle
from ..export.card import model_card
from ..export.onnx import export_graphs
from ..export.quantize import quantize_encoder, quantize_matrices
from ..files import read_json
from ..model.student import Student, load_student
from .stage import at_least, run_stage


def calibration_segments(student: Student, mixes: Mixes, count: int) -> list[np.ndarray]:
    """One random segment from each of `count` mixes, spread over the whole set."""
    rng = np.random.default_rng(0)
    chosen = np.unique(np.linspace(0, len(mixes) - 1, count).astype(int))
    segments = student.segments(mixes.batch(chosen)).unflatten(0, (len(chosen), -1))
    return [windows[rng.integers(len(windows))][None].numpy() for windows in segments]


def calibration_set(student: Student, folder: Path) -> Mixes:
    """A set of mixes in the form in which the student sees them."""
    mixes = Mixes(folder)
    mixes.recut(student.settings.audio.segment_frames, student.settings.audio.context_frames)
    mixes.require_audio(student.settings.audio, "the student")
    return mixes


def quantize(student: Student, graphs: dict[str, Path], mixes: Mixes, count: int) -> dict[str, Path]:
    """The int8 graphs, written beside those in fp32: the encoder calibrated on `count` segments of `mixes`."""
    int8 = {graph: path.with_suffix(".int8.onnx") for graph, path in graphs.items()}
    quantize_encoder(graphs["encoder"], int8["encoder"], calibration_segments(student, mixes, count))
    for graph in ("memory", "decoder"):
        quantize_matrices(graphs[graph], int8[graph])
    return int8


def read_facts(path: Path | None, option: str) -> dict:
    """Figures for the manifest; none where no file is given."""
    remedy = f"Give {option} a file that the quality stage wrote"
    facts = read_json(path, remedy) if path else {}
    if not isinstance(facts, dict):
        raise TrainerError(f"{path}: holds no JSON object", remedy)
    return facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--student", type=Path, required=True, help="checkpoint written by the train stage")
    parser.add_argument("--mixes", type=Path, required=True, help="composed set to calibrate on")
    parser.add_argument("--out", type=Path, required=True, help="bundle folder, for example models/default")
    parser.add_argument("--calibration", type=at_least(1), default=300, help="segments to calibrate on (default: 300)")
    parser.add_argument("--quality", type=Path, help="JSON of measured figures for the manifest and the model card")
    parser.add_argument("--training", type=Path, help="JSON that says what the student was trained on")
    parser.add_argument("--description", default="English captions of everyday sounds, for microphones at home")
    parser.add_argument("--fp32", action="store_true", help="leave the graphs in fp32 (for comparison)")
    options = parser.parse_args()
    require_replaceable(options.out)
    student, words, _ = load_student(options.student)
    decoding = DecodingSettings()
    about = {
        "name": options.out.resolve().name,
        "description": options.description,
        "quality": read_facts(options.quality, "--quality"),
        "training": read_facts(options.training, "--training"),
        "licences": [
            {"what": "the trained weights", "licence": "research and personal use: some training recordings are non-commercial"},
            {"what": "initial encoder weights (EfficientAT mn04_as)", "licence": "MIT"},
        ],
    }
    mixes = None if options.fp32 else calibration_set(student, options.mixes)
    with TemporaryDirectory() as folder:
        graphs = export_graphs(student, decoding, Path(folder))
        if mixes:
            graphs = quantize(student, graphs, mixes, options.calibration)
        size = student.encoder.embedding_size
        manifest = write_bundle(options.out, graphs, student.settings, words, decoding, size, about, model_card(about))
    total = sum(entry["bytes"] for entry in manifest["files"].values())
    print(f"bundle written to {options.out}, {total / 1e6:.2f} MB")


if __name__ == "__main__":
    run_stage(main)
