"""A published checkpoint of effb2-trm to a student of this trainer."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ..errors import TrainerError
from ..files import read_json
from ..model.decoder import DecoderSettings
from ..model.effb2_trm import EffB2Trm, EffB2TrmSettings
from .check_tensors import find_faults, resolve_tied, split_heads
from .find_files import CheckpointFiles, find_files
from .layout import EMBEDDING, POSITIONS, innermost, published_tensors
from .read_checkpoint import Published, read_checkpoint
from .vocabulary import read_tokenizer, require_words, words_by_id, wrong_size

_REMEDY = "Give a checkpoint of effb2-trm as its authors publish it"
_CONFIG = {"sample_rate": 16000, "attn_emb_dim": 1408, "decoder_emb_dim": 256, "decoder_n_layers": 2}
_CONFIG |= {"decoder_we_tie_weights": True}


@dataclass(frozen=True)
class Imported:
    student: EffB2Trm
    """In eval mode."""
    words: list[str]
    files: CheckpointFiles
    dropped: list[str]
    """Tensors that served distillation alone."""
    has_positions: bool
    """False where the file leaves its table of positions out; then all are zero."""


def import_student(given: Path, tokenizer: Path | None) -> Imported:
    """Read the checkpoint in the file or folder `given`; raises a `TrainerError` with all that is wrong with it."""
    files = find_files(given, tokenizer)
    published = read_checkpoint(files.weights)
    words = _words(files, published)
    _require_config(files.config, len(words))
    return assemble_student(files, published.tensors, words)


def assemble_student(files: CheckpointFiles, published: dict[str, Tensor], words: list[str]) -> Imported:
    """Put published tensors, by the names their file gives them, into a student; `files` is where they are from."""
    tensors, dropped = split_heads(_by_inner_name(files.weights, published))
    tensors, faults = resolve_tied(tensors)
    student = EffB2Trm(EffB2TrmSettings(DecoderSettings(len(words))))
    if not tensors.keys() & published_tensors(student).keys():
        found = ", ".join(list(published)[:3]) or "nothing"
        raise TrainerError(f"{files.weights}: holds no tensor of effb2-trm (it begins with {found})", _REMEDY)
    embedding = tensors.get(EMBEDDING)
    if embedding is not None and embedding.dim() == 2 and len(embedding) != len(words):
        raise wrong_size(files.weights, len(embedding), files.tokenizer or files.weights, len(words))
    faults += find_faults(tensors, student)
    if faults:
        raise TrainerError(f"{files.weights}: is no whole effb2-trm: {'; '.join(faults)}", _REMEDY)
    student.load_state_dict(own_tensors(tensors, student))
    return Imported(student.eval(), words, files, dropped, POSITIONS in tensors)


def own_tensors(tensors: dict[str, Tensor], student: EffB2Trm) -> dict[str, Tensor]:
    """Published tensors, checked, as the student's state: stacked ones apart, constants left out, positions cut."""
    state = student.state_dict()
    positions = state["decoder.positions"]
    state["decoder.positions"] = (
        tensors[POSITIONS][: len(positions), 0].float() if POSITIONS in tensors else torch.zeros_like(positions)
    )
    for name, parts in published_tensors(student).items():
        if name in tensors:
            sizes = [shape[0] for shape in parts.values()] if len(parts) > 1 else None
            pieces = tensors[name].split(sizes) if sizes else [tensors[name]]
            state |= {own: piece.to(state[own].dtype) for own, piece in zip(parts, pieces, strict=True)}
    return state


def _by_inner_name(path: Path, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    inner: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if innermost(name) in inner:
            raise TrainerError(f"{path}: holds {innermost(name)} twice, under different names", _REMEDY)
        inner[innermost(name)] = tensor.detach()
    return inner


def _words(files: CheckpointFiles, published: Published) -> list[str]:
    if files.tokenizer:
        return read_tokenizer(files.tokenizer)
    if published.word_ids is None:
        raise require_words(files.weights)
    return words_by_id(files.weights, published.word_ids)


def _require_config(path: Path | None, words: int) -> None:
    if path is None:
        return
    config = read_json(path, _REMEDY)
    if not isinstance(config, dict):
        raise TrainerError(f"{path}: holds no JSON object", _REMEDY)
    wanted = {**_CONFIG, "vocab_size": words}
    faults = [f"{key} is {config[key]} instead of {wanted[key]}" for key in wanted if config.get(key, wanted[key]) != wanted[key]]
    if faults:
        raise TrainerError(f"{path}: describes another model than effb2-trm with these words: {', '.join(faults)}", _REMEDY)
