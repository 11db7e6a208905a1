"""Import a published student of the paper (effb2-trm), to be exported or trained further like one trained here."""

import argparse
import hashlib
from pathlib import Path

from ..files import naming
from ..importing.import_student import import_student
from ..model.cost import parameters
from ..model.student import save_student
from .stage import run_stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--from", dest="given", type=Path, required=True,
        help="model.safetensors, pytorch_model.bin or .pth, or the folder that holds it with config.json and tokenizer.json",
    )  # fmt: skip
    parser.add_argument("--tokenizer", type=Path, help="tokenizer.json, or its folder, where it does not lie beside the weights")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write, for example student.pt")
    options = parser.parse_args()
    imported = import_student(options.given, options.tokenizer)
    weights = imported.files.weights
    source = {"file": weights.name, "sha256": hashlib.sha256(weights.read_bytes()).hexdigest()}
    with naming(options.out):
        options.out.parent.mkdir(parents=True, exist_ok=True)
    save_student(options.out, imported.student, imported.words, imported_from=source)
    print(f"{weights}: effb2-trm with {parameters(imported.student):,} parameters and {len(imported.words)} words")
    if imported.dropped:
        print(f"left out, they served distillation alone: {', '.join(imported.dropped)}")
    if not imported.has_positions:
        print("the file leaves its positions out; they are small noise in the published students, and zero in this one")
    print(f"student written to {options.out}")


if __name__ == "__main__":
    run_stage(main)
