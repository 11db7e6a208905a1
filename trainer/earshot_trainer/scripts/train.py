"""Stage 3: train a student, first its decoder on a frozen encoder, then all of it end to end."""

import argparse
from pathlib import Path

from ..audio.logmel import silence_level
from ..data.mixes import Mixes
from ..files import naming, write_json
from ..model.decoder import DecoderSettings
from ..model.student import Student, StudentSettings, load_tagger_weights, save_student
from ..tokenizer import Tokenizer, build_vocabulary
from ..training.curves import plot_curves
from ..training.examples import Examples
from ..training.features import frozen_embeddings
from ..training.loop import VALIDATION_BATCH, Phase, end_to_end_loss, frozen_loss, run_phase, validate
from .stage import at_least, run_stage


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    files = parser.add_argument_group("files")
    files.add_argument("--mixes", type=Path, required=True, help="composed set to train on")
    files.add_argument("--validation", type=Path, required=True, help="composed set of recordings kept for validation")
    files.add_argument("--tagger", type=Path, required=True, help="EfficientAT weights the encoder starts from")
    files.add_argument("--out", type=Path, required=True, help="run folder; the same command continues an interrupted run")
    frozen = parser.add_argument_group("phase 1, encoder frozen")
    frozen.add_argument("--frozen-epochs", type=at_least(0), default=8)
    frozen.add_argument("--frozen-rate", type=float, default=5e-4)
    whole = parser.add_argument_group("phase 2, end to end")
    whole.add_argument("--epochs", type=at_least(0), default=4)
    whole.add_argument("--rate", type=float, default=2e-4)
    whole.add_argument("--encoder-rate", type=float, default=2e-4)
    whole.add_argument("--teacher-weight", type=float, default=1.0, help="weight of the distance to the teacher's embedding")
    parser.add_argument("--last-factor", type=float, default=0.02, help="learning rate at a phase's end, of its peak")
    form = parser.add_argument_group("form of the encoder (default: as the set was composed)")
    form.add_argument("--segment-frames", type=at_least(1), help="frames of a segment; those of the whole window for one segment")
    form.add_argument("--context-frames", type=at_least(0), default=0, help="frames before a segment that its encoder sees")
    parser.add_argument("--limit", type=at_least(1), help="use only this many mixes")
    parser.add_argument("--batch", type=at_least(1), default=32)
    parser.add_argument("--least-count", type=at_least(1), default=4, help="words seen less often are left out of the vocabulary")
    parser.add_argument("--seed", type=at_least(0), default=1, help="of the order of examples, dropout and augmentation")
    return parser.parse_args()


def read_sets(options: argparse.Namespace) -> tuple[Mixes, Mixes]:
    """Training and validation set, both seen in the form that the options ask for."""
    mixes, held_out = Mixes(options.mixes), Mixes(options.validation)
    for composed in (mixes, held_out) if options.segment_frames or options.context_frames else ():
        composed.recut(options.segment_frames or composed.audio.segment_frames, options.context_frames)
    held_out.require_audio(mixes.audio, f"--mixes {options.mixes}")
    if options.limit:
        mixes.rows = mixes.rows[: options.limit]
    return mixes, held_out


def main() -> None:
    options = parse_options()
    mixes, held_out = read_sets(options)
    words = build_vocabulary((row["caption"] for row in mixes.rows), options.least_count)
    tokenizer = Tokenizer(words)
    examples, validation = Examples(mixes, tokenizer), Examples(held_out, tokenizer)
    examples.require(options.batch)
    validation.require(VALIDATION_BATCH)
    print(f"{len(examples.indices)} of {len(mixes)} mixes, {len(words)} words")
    student = Student(StudentSettings(DecoderSettings(len(words)), mixes.audio))
    load_tagger_weights(student, options.tagger)
    with naming(options.out):
        options.out.mkdir(parents=True, exist_ok=True)
    write_json(
        options.out / "options.json",
        {name: str(value) if isinstance(value, Path) else value for name, value in vars(options).items()},
    )

    common = {"batch": options.batch, "seed": options.seed, "last_factor": options.last_factor}
    phase = Phase("frozen", options.frozen_epochs, rate=options.frozen_rate, encoder_rate=0, teacher_weight=0, **common)
    if phase.epochs:
        seen = frozen_embeddings(student, mixes, options.out / "embeddings-train.npy")
        unseen = frozen_embeddings(student, held_out, options.out / "embeddings-validation.npy")
        check = frozen_loss(student, unseen)
        loss = frozen_loss(student, seen)
        run_phase(student, words, phase, examples, loss, lambda: validate(student, validation, check), options.out)

    phase = Phase(
        "end-to-end", options.epochs, rate=options.rate, encoder_rate=options.encoder_rate,
        teacher_weight=options.teacher_weight, **common,
    )  # fmt: skip
    loss = end_to_end_loss(student, phase, silence_level(mixes.audio))
    if phase.epochs:
        run_phase(student, words, phase, examples, loss, lambda: validate(student, validation, loss), options.out)
    save_student(options.out / "student.pt", student, words)
    if (options.out / "log.jsonl").exists():
        plot_curves(options.out / "log.jsonl", options.out / "curves.png")
    print(f"student written to {options.out / 'student.pt'}")


if __name__ == "__main__":
    run_stage(main)
