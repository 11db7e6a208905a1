"""Metrics of captions against human references that need nothing but Python: BLEU, ROUGE-L, CIDEr-D."""

from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.rouge.rouge import Rouge

from ..data.captions import normalise

Pairs = tuple[dict[str, list[str]], dict[str, list[str]]]
"""References, and one caption each, by the same keys; words normalised."""


def pair(captions: dict[str, str], references: dict[str, tuple[str, ...]]) -> Pairs:
    """Normalise both sides and bring them into one order."""
    ours = {key: [normalise(text) for text in texts] for key, texts in references.items()}
    return ours, {key: [normalise(captions[key])] for key in references}


def offline_metrics(pairs: Pairs) -> dict[str, float]:
    """BLEU-1 to 4 and ROUGE-L (beta 1.2), at most 1, and CIDEr-D (arXiv 1411.5726), at most 10; over two clips or more."""
    bleu, _ = Bleu(4).compute_score(*pairs, verbose=0)
    figures = {f"bleu_{n}": value for n, value in enumerate(bleu, start=1)}
    figures["rouge_l"] = Rouge().compute_score(*pairs)[0]
    figures["cider_d"] = Cider().compute_score(*pairs)[0]
    return {name: round(float(value), 4) for name, value in figures.items()}
