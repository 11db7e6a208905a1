"""A set of composed mixes on disk: log-mel and teacher embeddings as arrays, captions as JSON lines."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ..audio.logmel import silence_level
from ..audio.settings import AudioSettings
from ..errors import TrainerError
from ..files import read_json, read_json_lines

_REMEDY = "Run the compose stage on that folder, to its end; it goes on where it was interrupted"


class Mixes:
    """Read access to a composed set; `log_mel.f16` is [mixes, mel_bins, frames], `teacher.npy` [mixes, size].

    `recordings` is the folder of the recordings that the rows' `file` and `start` (seconds) point to, None for mixes.
    `set.json` is written last, so a folder without it holds a set that was never finished.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._missing_context = 0
        description = read_json(folder / "set.json", _REMEDY)
        try:
            self.audio, shape = AudioSettings(**description["audio"]), tuple(description["shape"])
            self.log_mel = np.memmap(folder / "log_mel.f16", dtype=np.float16, mode="r", shape=shape)
            self.teacher = np.load(folder / "teacher.npy", mmap_mode="r")
            self.recordings = Path(description["recordings"]) if "recordings" in description else None
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise TrainerError(f"{folder}: is no whole set of mixes ({error})", _REMEDY) from error
        self.rows = read_json_lines(folder / "captions.jsonl", _REMEDY)
        for name, count in [("captions.jsonl", len(self.rows)), ("teacher.npy", len(self.teacher))]:
            if count != shape[0]:
                raise TrainerError(f"{folder / name}: holds {count} mixes where set.json counts {shape[0]}", _REMEDY)

    def __len__(self) -> int:
        return len(self.rows)

    def recut(self, segment_frames: int, context_frames: int) -> None:
        """See the same windows as segments of another length or with more context (silence before the window)."""
        frames = self.audio.segment_frames * self.audio.window_segments
        if frames % segment_frames or context_frames < self.audio.context_frames:
            raise TrainerError(
                f"{self.folder}: windows of {frames} frames with {self.audio.context_frames} frames of context "
                f"cannot be seen as segments of {segment_frames} with {context_frames}",
                f"Give --segment-frames that divide {frames}, and --context-frames of {self.audio.context_frames} or more",
            )
        self._missing_context += context_frames - self.audio.context_frames
        self.audio = replace(
            self.audio, segment_frames=segment_frames, context_frames=context_frames, window_segments=frames // segment_frames
        )

    def batch(self, indices: np.ndarray) -> torch.Tensor:
        """Log-mel float32 [batch, mel_bins, context + frames], in the order of `indices`; ascending ones are read fastest."""
        log_mel = torch.from_numpy(self.log_mel[indices].astype(np.float32))
        if not self._missing_context:
            return log_mel
        return torch.nn.functional.pad(log_mel, (self._missing_context, 0), value=silence_level(self.audio))

    def require_audio(self, audio: AudioSettings, of: str) -> None:
        """Refuse to be used together with something that has other audio settings; `of` names it."""
        mine, others = self.audio.as_dict(), audio.as_dict()
        differing = [f"{key} {mine[key]} instead of {others[key]}" for key in mine if mine[key] != others[key]]
        if differing:
            raise TrainerError(
                f"{self.folder}: was composed with other audio settings than {of} ({', '.join(differing)})",
                "Compose both with the same --segment-frames, --context-frames and --window-segments",
            )
