"""Everything a run reads before its first step: sets, words, lessons and a teacher's decoder."""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data.mixes import Mixes
from ..data.shards.lessons import Lessons, read_lessons
from ..errors import TrainerError
from ..model.captioner import Captioner, load_captioner
from ..tokenizer import Tokenizer, build_vocabulary
from .examples import Examples
from .features import frozen_embeddings
from .token_teacher import TokenTeacher


@dataclass(frozen=True)
class Sources:
    """What the student learns from."""

    mixes: Mixes
    held_out: Mixes
    words: list[str]
    tokenizer: Tokenizer
    examples: Examples
    validation: Examples
    lessons: Lessons | None
    token_teacher: TokenTeacher | None
    teacher_frames: np.ndarray | None


def _read_sets(options: argparse.Namespace) -> tuple[Mixes, Mixes]:
    """Training and validation set, both seen in the form that the options ask for."""
    mixes, held_out = Mixes(options.mixes), Mixes(options.validation)
    for composed in (mixes, held_out) if options.segment_frames or options.context_frames else ():
        composed.recut(options.segment_frames or composed.audio.segment_frames, options.context_frames)
    held_out.require_audio(mixes.audio, f"--mixes {options.mixes}")
    return mixes, held_out


def _clips_used(options: argparse.Namespace, clips: int) -> int:
    """How many clips of --mixes are used, with captions or without."""
    return min((options.limit or clips) + (options.audio_only_rest or 0), clips)


def _read_lessons(options: argparse.Namespace, mixes: Mixes) -> Lessons | None:
    if options.lessons:
        lessons, wanted = read_lessons(options.lessons, of=options.mixes), _clips_used(options, len(mixes))
        if len(lessons.embeddings) < wanted:
            raise TrainerError(
                f"{options.lessons}: holds lessons on {len(lessons.embeddings)} clips, and {wanted} are used",
                "Run the teach stage again with a higher --limit, or use fewer clips (--limit, --audio-only-rest)",
            )
        return lessons
    return Lessons(np.array(mixes.teacher), None) if mixes.teacher.shape[1] else None


def _read_token_teacher(path: Path, words: list[str], mixes: Mixes, folder: Path) -> tuple[TokenTeacher, np.ndarray]:
    """The teacher and its embeddings of the set, which it may hear in segments of its own."""
    teacher, its_words, _ = load_captioner(path)
    if its_words != words:
        raise TrainerError(
            f"{path}: has another vocabulary ({len(its_words)} words) than the student ({len(words)})",
            f"Give --vocabulary {path}: distributions over words can be compared word by word alone",
        )
    heard = Mixes(mixes.folder)
    heard.recut(teacher.settings.audio.segment_frames, teacher.settings.audio.context_frames)
    return TokenTeacher(teacher), frozen_embeddings(teacher, heard, folder / "embeddings-of-the-teacher.npy")


def read_sources(options: argparse.Namespace) -> Sources:
    """Read and check all that the options name."""
    mixes, held_out = _read_sets(options)
    labelled = range(min(options.limit or len(mixes), len(mixes)))
    if options.vocabulary:
        words = load_captioner(options.vocabulary)[1]
    else:
        words = build_vocabulary((mixes.rows[i]["caption"] for i in labelled), options.least_count)
    tokenizer = Tokenizer(words)
    lessons, teacher, frames = _read_lessons(options, mixes), None, None
    if options.sequence_weight and (lessons is None or lessons.captions is None):
        raise TrainerError(
            f"{options.lessons or options.mixes}: holds no captions of a teacher, which --sequence-weight needs",
            "Give --lessons of a captioning teacher (teach stage), or --sequence-weight 0",
        )
    if options.token_weight:
        if not options.token_teacher:
            raise TrainerError("--token-weight needs a teacher", "Give --token-teacher, or --token-weight 0")
        teacher, frames = _read_token_teacher(options.token_teacher, words, mixes, options.cache or options.out)
    examples, validation = Examples(mixes, tokenizer, labelled), Examples(held_out, tokenizer)
    return Sources(mixes, held_out, words, tokenizer, examples, validation, lessons, teacher, frames)


def projected_size(options: argparse.Namespace, lessons: Lessons | None) -> int:
    """The size that the student's embeddings are projected to: the teacher's for `mse-raw`, else 0 for none."""
    is_raw = lessons is not None and options.encoder_weight and options.encoder_loss == "mse-raw"
    return lessons.embeddings.shape[1] if is_raw else 0


def require_sizes(student: Captioner, lessons: Lessons | None, options: argparse.Namespace) -> None:
    """The cosine distance projects nothing: it needs embeddings of one size."""
    if lessons is not None and options.encoder_weight and options.encoder_loss == "cosine":
        mine, its = student.clip_embedding_size, lessons.embeddings.shape[1]
        if mine != its:
            raise TrainerError(
                f"{options.lessons or options.mixes}: holds embeddings of {its} numbers, the student's has {mine}",
                "Give --encoder-loss contrastive or mse, which project both, or --encoder-weight 0",
            )
