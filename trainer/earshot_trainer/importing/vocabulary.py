"""The words of a published student by id, from its tokenizer.json or from the table in the authors' own .pth."""

from pathlib import Path
from typing import Any

from ..errors import TrainerError
from ..files import read_json
from ..tokenizer import SPECIAL

_REMEDY = (
    "Give --tokenizer the tokenizer.json that was published with these weights (for the two students of the paper in "
    "repositories of their own, audiocaps-simple-tokenizer and clotho-simple-tokenizer)"
)


def read_tokenizer(path: Path) -> list[str]:
    """Words by id of a word-level tokenizer.json, those added to its table included."""
    content = read_json(path, _REMEDY)
    model = content.get("model") if isinstance(content, dict) else None
    if not isinstance(model, dict) or not isinstance(model.get("vocab"), dict):
        raise TrainerError(f"{path}: has no table model.vocab of words and ids", _REMEDY)
    if model.get("type", "WordLevel") != "WordLevel":
        raise TrainerError(f"{path}: is a tokenizer of the type {model['type']} instead of WordLevel", _REMEDY)
    added = content.get("added_tokens") or []
    if not all(isinstance(token, dict) and {"content", "id"} <= token.keys() for token in added):
        raise TrainerError(f"{path}: has added_tokens without content or id", _REMEDY)
    return words_by_id(path, {**model["vocab"], **{token["content"]: token["id"] for token in added}})


def words_by_id(path: Path, word_ids: dict[Any, Any]) -> list[str]:
    """Turn a table of words and ids around; refuses one with gaps, double ids, or other special tokens than ours."""
    if not all(isinstance(word, str) and type(index) is int for word, index in word_ids.items()):
        raise TrainerError(f"{path}: its table of words holds something else than words and whole numbers", _REMEDY)
    by_id = {index: word for word, index in word_ids.items()}
    gap = next((index for index in range(len(word_ids)) if index not in by_id), None)
    if gap is not None:
        raise TrainerError(f"{path}: of {len(word_ids)} words none has the id {gap}", _REMEDY)
    words = [by_id[index] for index in range(len(word_ids))]
    if words[: len(SPECIAL)] != SPECIAL:
        found, wanted = (", ".join(map(repr, first)) for first in (words[: len(SPECIAL)], SPECIAL))
        raise TrainerError(f"{path}: begins with {found} instead of {wanted}", _REMEDY)
    return words


def require_words(path: Path) -> TrainerError:
    """The fault of weights that come without any words."""
    return TrainerError(f"{path}: comes without a tokenizer.json, so that its words are not known", _REMEDY)


def wrong_size(weights: Path, embeddings: int, tokenizer: Path, words: int) -> TrainerError:
    """The fault of words that belong to other weights."""
    return TrainerError(f"{weights}: has embeddings of {embeddings} words where {tokenizer} has {words}", _REMEDY)
