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
    framing: str = "causal"
    """`causal`: a frame ends where its hop ends. `center`: frames stand on multiples of the hop, both ends included,
    and the segment is reflected at its ends."""
    mel_scale: str = "kaldi"
    """Or `htk`."""
    log_kind: str = "ln"
    """`ln`: (ln(m + floor) + offset) / scale. `db`: 10 log10(max(m, floor)), at most `top_db` below the segment's loudest."""
    top_db: float = 0.0

    @property
    def segment_samples(self) -> int:
        intervals = self.segment_frames - 1 if self.framing == "center" else self.segment_frames
        return intervals * self.hop_length

    @property
    def window_samples(self) -> int:
        return self.window_segments * self.segment_samples

    @property
    def history_samples(self) -> int:
        """Samples before a segment that its first frame (and its context) reaches back to."""
        if self.framing == "center":
            return 0
        return self.win_length - self.hop_length + 1 + self.context_frames * self.hop_length

    def as_dict(self) -> dict:
        return asdict(self)


PAPER_AUDIO = AudioSettings(
    sample_rate=16000, pre_emphasis=0.0, n_fft=512, win_length=512, hop_length=160, mel_bins=64, f_min=0.0, f_max=8000.0,
    log_floor=1e-10, log_offset=0.0, log_scale=1.0, segment_frames=1001, window_segments=1,
    framing="center", mel_scale="htk", log_kind="db", top_db=120.0,
)  # fmt: skip
"""Front end of the paper's student (arXiv 2407.14329), which sees its 10 s as one segment."""
