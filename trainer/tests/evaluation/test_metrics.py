import math
from collections import Counter

import numpy as np
import pytest

from earshot_trainer.evaluation.metrics import offline_metrics, pair


def cider_d(captions: dict[str, str], references: dict[str, list[str]]) -> float:
    """CIDEr-D from its definition: tf raw counts, idf over clips, clipped cosine, a penalty on the difference of lengths."""

    def grams(text: str, n: int) -> Counter:
        words = text.split()
        return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))

    scores = []
    for n in (1, 2, 3, 4):
        df = Counter(gram for texts in references.values() for gram in {g for text in texts for g in grams(text, n)})
        idf = {gram: math.log(len(references)) - math.log(max(1, df[gram])) for gram in df}

        def weights(text, n=n, df=df, idf=idf):
            return {gram: count * idf.get(gram, math.log(len(references))) for gram, count in grams(text, n).items()}

        by_clip = []
        for key, texts in references.items():
            mine, values = weights(captions[key]), []
            for text in texts:
                theirs = weights(text)
                product = sum(min(mine.get(gram, 0), value) * value for gram, value in theirs.items())
                norm = math.sqrt(sum(v * v for v in mine.values())) * math.sqrt(sum(v * v for v in theirs.values()))
                apart = sum(grams(captions[key], 2).values()) - sum(grams(text, 2).values())
                values.append((product / norm if norm else 0) * math.exp(-(apart**2) / (2 * 6**2)))
            by_clip.append(np.mean(values))
        scores.append(by_clip)
    return 10 * float(np.mean(scores))


def test_cider_d_is_what_its_definition_says():
    rng = np.random.default_rng(4)
    words = ["a", "dog", "barks", "at", "the", "cat", "while", "rain", "falls", "on", "roof", "and", "someone", "speaks"]

    def say() -> str:
        return " ".join(rng.choice(words, rng.integers(1, 9)))

    references = {str(i): [say() for _ in range(rng.integers(1, 6))] for i in range(30)}
    captions = {key: " ".join(texts[0].split()[:4]) if int(key) % 2 else say() for key, texts in references.items()}
    figures = offline_metrics(pair(captions, references))
    assert figures["cider_d"] == pytest.approx(cider_d(captions, references), abs=1e-3) and figures["cider_d"] > 0.5


def test_bleu_and_rouge_are_what_a_hand_finds():
    references = {"1": ("a dog barks loudly",), "2": ("snow falls",)}
    figures = offline_metrics(pair({"1": "A dog barks.", "2": "rain falls"}, references))
    # 4 of 5 words and 2 of 3 pairs are there; captions have 5 words, references 6: brevity exp(1 - 6/5).
    brevity = math.exp(1 - 6 / 5)
    assert figures["bleu_1"] == pytest.approx(0.8 * brevity, abs=1e-3)
    assert figures["bleu_2"] == pytest.approx(math.sqrt(0.8 * 2 / 3) * brevity, abs=1e-3)

    def f(recall: float, precision: float) -> float:
        return (1 + 1.2**2) * recall * precision / (recall + 1.2**2 * precision)

    assert figures["rouge_l"] == pytest.approx((f(3 / 4, 1) + f(1 / 2, 1 / 2)) / 2, abs=1e-3)


def test_words_are_compared_without_case_and_punctuation():
    assert offline_metrics(pair({"1": "A Dog, barks!", "2": "Rain."}, {"1": ("a dog barks",), "2": ("rain",)}))["bleu_1"] == 1
