"""Turning a data set into the same set on disk as composed mixes, a row a window."""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from ...audio.load import UnreadableAudio
from ...audio.logmel import LogMel
from ...audio.settings import AudioSettings
from ...errors import TrainerError
from ..set_writer import Chunk, write_set
from .recording import DataSet
from .windows import Cuts, load_windows

CHUNK = 50
"""Recordings of a chunk."""


@dataclass(frozen=True)
class DataSetJob:
    """What a set is made from; chunk `n` of it depends on the job and `n` alone."""

    data: DataSet
    audio: AudioSettings
    cuts: Cuts
    corpus: str
    each_caption: bool = False
    """A window for every caption of a recording, drawn anew for each, instead of windows with all captions."""

    def digest(self) -> str:
        """Tells sets apart: two jobs with the same digest make the same set."""
        facts = {**asdict(self), "data": [str(self.data.folder), *map(repr, self.data.recordings)]}
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def rows(self, index: int, starts: list[float]) -> list[dict]:
        """A row a window: its own caption as `caption` (else the first), all as `captions` and as `references`."""
        recording = self.data.recordings[index]
        captions = list(recording.captions)
        row = {
            "captions": captions, "references": captions, "corpus": self.corpus, "concepts": [], "clips": [index],
            "file": recording.file,
        }  # fmt: skip
        own = captions if self.each_caption else captions[:1] * len(starts)
        return [{"caption": caption, **row, "start": start} for caption, start in zip(own, starts, strict=True)]


def _make_chunk(job: DataSetJob, number: int) -> tuple[Chunk, list[str]]:
    """The windows of one chunk's recordings, and why some of these have none."""
    log_mel, audio = LogMel(job.audio), job.audio
    frames = audio.context_frames + audio.window_segments * audio.segment_frames
    mels, rows, left_out = [np.zeros((0, audio.mel_bins, frames), dtype=np.float16)], [], []
    for index in range(number * CHUNK, min(len(job.data.recordings), (number + 1) * CHUNK)):
        recording = job.data.recordings[index]
        count = len(recording.captions) if job.each_caption else None
        try:
            starts, waves = load_windows(job.data.folder / recording.file, audio, job.cuts, index, count)
        except UnreadableAudio as error:
            left_out.append(error.message)
            continue
        mels.append(log_mel(torch.from_numpy(waves)).numpy().astype(np.float16))
        rows.extend(job.rows(index, starts))
    return (np.concatenate(mels), np.zeros((len(rows), 0), dtype=np.float32), rows), left_out


_job: DataSetJob | None = None


def _start_worker(job: DataSetJob) -> None:
    global _job
    torch.set_num_threads(1)
    _job = job


def _work(number: int) -> tuple[Chunk, list[str]]:
    assert _job is not None
    return _make_chunk(_job, number)


def _made(job: DataSetJob, numbers: range, workers: int) -> Iterator[tuple[Chunk, list[str]]]:
    if workers == 1:
        yield from (_make_chunk(job, number) for number in numbers)
        return
    executor = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(job,))
    try:
        yield from executor.map(_work, numbers)
    finally:
        executor.shutdown(cancel_futures=True)


def write_dataset(job: DataSetJob, out: Path, workers: int) -> tuple[int, list[str]]:
    """Write the set; returns how many windows it has, and why recordings were left out."""
    silent = [recording.file for recording in job.data.recordings if not recording.captions]
    if silent:
        more = f", and {len(silent) - 1} more" if silent[1:] else ""
        raise TrainerError(f"{silent[0]}: has no caption{more}", "Fill in its row of the csv, or remove it")
    chunks = -(-len(job.data.recordings) // CHUNK)
    identity = {"digest": job.digest(), "chunks": chunks}
    about = {"seed": job.cuts.seed, "recordings": str(job.data.folder.resolve())}
    _, description = write_set(out, identity, chunks, lambda numbers: _made(job, numbers, workers), job.audio, about, "reading")
    return description["shape"][0], description.get("left_out", [])
