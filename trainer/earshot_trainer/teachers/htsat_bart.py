"""HTSAT-BART from a checkpoint of WavCaps as a teacher."""

from pathlib import Path

import torch
from torch import Tensor
from transformers import BartTokenizerFast

from ..data.captions import normalise
from ..errors import TrainerError
from ..model.weights import read_weights, require_fit
from .htsat_bart_model import SAMPLE_RATE, WINDOW_SAMPLES, HtsatBart, HtsatBartShape
from .teacher import Lesson
from .wavcaps_layout import from_wavcaps

_REMEDY = "Give a captioning checkpoint of WavCaps with HTSAT and BART, as its authors publish it"


def load_htsat_bart(path: Path, shape: HtsatBartShape) -> HtsatBart:
    """The model of a WavCaps checkpoint ({config, model}) in eval mode; names what is missing, foreign or of another shape."""
    content = read_weights(path, _REMEDY)
    weights = content.get("model")
    if not isinstance(weights, dict):
        raise TrainerError(f"{path}: has no weights under `model` (it has {', '.join(map(str, content)) or 'nothing'})", _REMEDY)
    model, ours = HtsatBart(shape), from_wavcaps(weights)
    require_fit(path, ours, model.state_dict(), _REMEDY)
    model.load_state_dict(ours)
    return model.eval()


def load_tokenizer(folder: Path) -> BartTokenizerFast:
    """BART's tokenizer from the files of facebook/bart-base; nothing is fetched."""
    missing = [name for name in ("vocab.json", "merges.txt") if not (folder / name).is_file()]
    if missing:
        remedy = "Put the tokenizer of facebook/bart-base (vocab.json and merges.txt) beside the checkpoint"
        raise TrainerError(f"{folder / missing[0]}: does not exist", remedy)
    return BartTokenizerFast(str(folder / "vocab.json"), str(folder / "merges.txt"))


class HtsatBartTeacher:
    """Hears waveforms of 10 s at 32 kHz; its tokenizer's files lie beside the checkpoint."""

    captions = True
    audio = None
    sample_rate, window_samples, history_samples = SAMPLE_RATE, WINDOW_SAMPLES, 0

    def __init__(self, path: Path, shape: HtsatBartShape | None = None, device: str = "cpu"):
        self.name, self.path, self.device = "htsat-bart", path, device
        shape = shape or HtsatBartShape()
        self._tokenizer = load_tokenizer(path.parent)
        self._model = load_htsat_bart(path, shape).to(device)
        self.embedding_size = shape.embedding_size

    @torch.inference_mode()
    def features(self, waveform: Tensor) -> Tensor:
        return self._model.log_mel(waveform.to(self.device))

    @torch.inference_mode()
    def embed(self, features: Tensor) -> tuple[Tensor, Tensor]:
        clips, frames = self._model.embed(features.to(self.device))
        return clips.float(), frames.float()

    def caption(self, features: Tensor) -> list[str]:
        return self.lesson(features).captions or []

    @torch.inference_mode()
    def lesson(self, features: Tensor) -> Lesson:
        clips, frames = self.embed(features)
        said = self._tokenizer.batch_decode(self._model.generate(frames), skip_special_tokens=True)
        return Lesson(clips, [normalise(caption) for caption in said])
