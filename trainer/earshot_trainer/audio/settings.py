"""The audio constants of a model, written once and exported with it."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class AudioSettings:
    """Front end of an encoder; the defaults are those of the EfficientAT taggers (arXiv 2211.04772).

    `context_frames` is how many frames before a segment its encoder may also see.
    """

    sample_rate: int = 32000
    pre_emphasis: float = 0.97
    n_fft: int = 1024
    win_length: int = 800
    hop_length: int = 320
    mel_bins: int = 128
    f_min: float = 0.0
    f_max: float = 15000.0
    log_floor: float = 1e-5
    log_offset: float = 4.5
    log_scale: float = 5.0
    segment_frames: int = 200
    context_frames: int = 0
    window_segments: int = 5

    @property
    def segment_samples(self) -> int:
        return self.segment_frames * self.hop_length

    @property
    def window_samples(self) -> int:
        return self.window_segments * self.segment_samples

    @property
    def history_samples(self) -> int:
        """Samples before a segment that its first frame (and its context) reaches back to."""
        return self.win_length - self.hop_length + 1 + self.context_frames * self.hop_length

    def as_dict(self) -> dict:
        return asdict(self)
