"""Word-level tokenizer: the ids of a caption's words, between start and end."""

from collections import Counter
from collections.abc import Iterable

PAD, START, END, UNKNOWN = 0, 1, 2, 3
SPECIAL = ["<pad>", "<start>", "<end>", "<unk>"]


def build_vocabulary(captions: Iterable[str], least_count: int) -> list[str]:
    """Special tokens, then every word that occurs at least `least_count` times, most frequent first."""
    counts = Counter(word for caption in captions for word in caption.split())
    kept = sorted((-count, word) for word, count in counts.items() if count >= least_count)
    return SPECIAL + [word for _, word in kept]


class Tokenizer:
    def __init__(self, words: list[str]):
        self.words = words
        self._ids = {word: index for index, word in enumerate(words)}

    def knows(self, caption: str) -> bool:
        return all(word in self._ids for word in caption.split())

    def encode(self, caption: str) -> list[int]:
        """Ids with start and end around them; words it does not know become `<unk>`."""
        return [START, *(self._ids.get(word, UNKNOWN) for word in caption.split()), END]

    def decode(self, tokens: Iterable[int]) -> str:
        return " ".join(self.words[token] for token in tokens if token > UNKNOWN)
