"""Stage 5: export a student to ONNX, quantize it to int8 and write the bundle that the daemon runs."""

import argparse
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ..data.mixes import Mixes
from ..decoding import PAPER, DecodingSettings
from ..errors import TrainerError
from ..export.bundle import require_replaceable, write_bundle
from ..export.calibration import of_mixes, of_recordings, synthesised
from ..export.card import model_card
from ..export.onnx import export_graphs
from ..export.quantize import EFFICIENTNET_FIRST, MOBILENET_FIRST, quantize_encoder, quantize_matrices
from ..files import read_json
from ..model.captioner import Captioner, load_captioner
from ..model.effb2_trm import EffB2Trm
from .stage import at_least, run_stage


def calibration_set(student: Captioner, folder: Path) -> Mixes:
    """A set of mixes in the form in which the student sees them."""
    mixes = Mixes(folder)
    mixes.recut(student.settings.audio.segment_frames, student.settings.audio.context_frames)
    mixes.require_audio(student.settings.audio, "the student")
    return mixes


def calibration_segments(student: Captioner, options: argparse.Namespace) -> list[np.ndarray]:
    """What the options name to calibrate on; without any, synthesised sound."""
    if options.mixes:
        return of_mixes(student, calibration_set(student, options.mixes), options.calibration)
    if options.recordings:
        return of_recordings(student, options.recordings, options.calibration)
    print("calibrating on synthesised sound; --recordings of the real world or --mixes would make a closer int8")
    return synthesised(student, options.calibration)


def quantize(student: Captioner, graphs: dict[str, Path], segments: list[np.ndarray]) -> dict[str, Path]:
    """The int8 graphs, written beside those in fp32: the encoder calibrated on `segments`."""
    int8 = {graph: path.with_suffix(".int8.onnx") for graph, path in graphs.items()}
    first = EFFICIENTNET_FIRST if isinstance(student, EffB2Trm) else MOBILENET_FIRST
    quantize_encoder(graphs["encoder"], int8["encoder"], segments, first)
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


def choose_decoding(student: Captioner, options: argparse.Namespace) -> DecodingSettings:
    """The paper's search for its own student, this trainer's for the others, but for what the options say."""
    chosen = {"beam_size": options.beam_size, "forbid_repeats": options.forbid_repeats}
    decoding = PAPER if isinstance(student, EffB2Trm) else DecodingSettings()
    return replace(decoding, **{name: value for name, value in chosen.items() if value is not None})


def licences(student: Captioner, imported_from: dict | None) -> list[dict]:
    """What the weights are bound by."""
    if imported_from:
        return [{"what": f"the weights, imported from {imported_from['file']}", "licence": "as they were published with"}]
    terms = "research and personal use: some training recordings are non-commercial"
    first = "(EfficientLatent effb2)" if isinstance(student, EffB2Trm) else "(EfficientAT mn04_as)"
    start = {"what": f"initial encoder weights {first}", "licence": "Apache-2.0" if isinstance(student, EffB2Trm) else "MIT"}
    return [{"what": "the trained weights", "licence": terms}, start]


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--student", type=Path, required=True, help="checkpoint written by the train stage or import_checkpoint")
    parser.add_argument("--out", type=Path, required=True, help="bundle folder, for example models/default")
    calibration = parser.add_argument_group("sound to calibrate int8 on (without any, it is synthesised)")
    calibration.add_argument("--calibration", type=at_least(1), default=300, help="segments to calibrate on (default: 300)")
    sound = calibration.add_mutually_exclusive_group()
    sound.add_argument("--mixes", type=Path, help="composed set")
    sound.add_argument("--recordings", type=Path, nargs="+", help="files of sound, or folders of them")
    parser.add_argument("--fp32", action="store_true", help="leave the graphs in fp32 (for comparison)")
    search = parser.add_argument_group("search (default: that of the paper for its student, beam 1 without repeats for others)")
    search.add_argument("--beam-size", type=at_least(1))
    search.add_argument("--forbid-repeats", action=argparse.BooleanOptionalAction, help="say no pair of words twice")
    parser.add_argument("--quality", type=Path, help="JSON of measured figures for the manifest and the model card")
    parser.add_argument("--training", type=Path, help="JSON that says what the student was trained on")
    parser.add_argument("--description", default="English captions of everyday sounds, for microphones at home")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    require_replaceable(options.out)
    student, words, extra = load_captioner(options.student)
    imported_from = extra.get("imported_from")
    decoding = choose_decoding(student, options)
    training = read_facts(options.training, "--training")
    about = {
        "name": options.out.resolve().name,
        "description": options.description,
        "quality": read_facts(options.quality, "--quality"),
        "training": {**({"imported_from": imported_from["file"]} if imported_from else {}), **training},
        "licences": licences(student, imported_from),
    }
    segments = None if options.fp32 else calibration_segments(student, options)
    with TemporaryDirectory() as folder:
        graphs = export_graphs(student, decoding, Path(folder))
        if segments:
            graphs = quantize(student, graphs, segments)
        manifest = write_bundle(options.out, graphs, student.settings, words, decoding, about, model_card(about))
    total = sum(entry["bytes"] for entry in manifest["files"].values())
    print(f"bundle written to {options.out}, {total / 1e6:.2f} MB")


if __name__ == "__main__":
    run_stage(main)
