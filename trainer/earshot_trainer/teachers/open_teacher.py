"""A teacher by the name and path that a command line gives."""

from pathlib import Path

import torch

from ..audio.settings import AudioSettings
from ..errors import TrainerError
from .captioner import CaptionerTeacher
from .tagger import TaggerTeacher
from .teacher import Teacher

SPEC_HELP = (
    "captioner:PATH (a checkpoint of the train stage), tagger:PATH (mn04_as, embeddings alone) or "
    "htsat-bart:PATH (WavCaps, the tokenizer of facebook/bart-base beside it)"
)


def _require_device(device: str) -> None:
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:  # an assertion where PyTorch was built without CUDA
        reason = str(error).splitlines()[0]
        raise TrainerError(f"--device {device}: cannot be used ({reason})", "Give another device, such as cpu") from error


def open_teacher(spec: str, window: AudioSettings | None = None, device: str = "cpu") -> Teacher:
    """Open `KIND:PATH` on a device; `window` is what a teacher that takes windows of any length is going to hear."""
    _require_device(device)
    kind, _, path = spec.partition(":")
    if path and kind == "captioner":
        return CaptionerTeacher(Path(path), device=device)
    if path and kind == "tagger":
        return TaggerTeacher(Path(path), window or AudioSettings(), device)
    if path and kind == "htsat-bart":
        from .htsat_bart import HtsatBartTeacher  # only here: it imports transformers, which takes seconds

        return HtsatBartTeacher(Path(path), device=device)
    raise TrainerError(f"--teacher {spec}: is no teacher", f"Give {SPEC_HELP}")
