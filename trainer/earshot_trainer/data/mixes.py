"""A set of composed mixes on disk: log-mel and teacher embeddings as arrays, captions as JSON lines."""

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from ..audio.logmel import LogMel, silence_level
from ..audio.settings import AudioSettings
from ..model.mobilenet import Tagger
from .compose import ScriptChooser, draw_level, plan_mix, write_scripts
from .concept_pools import candidates
from .lexicon import load_concepts
from .pool import Pool
from .render import render

CHUNK = 50


@dataclass(frozen=True)
class MixJob:
    """What a worker needs to compose its share; chunk `n` depends on the seed and `n` alone."""

    pool: Path
    captions: list
    teacher: Path | None
    audio: AudioSettings
    validation: bool
    single_share: float
    seed: int


_worker: dict = {}


def _start_worker(job: MixJob) -> None:
    torch.set_num_threads(1)
    pool, concepts = Pool(job.pool), load_concepts()
    pools = candidates(pool.clips, concepts, job.validation)
    scripts = write_scripts(job.captions, concepts, pools)
    teacher = None
    if job.teacher:
        teacher = Tagger()
        teacher.load_state_dict(torch.load(job.teacher, weights_only=True))
        teacher.eval()
    _worker.update(
        pool=pool, pools=pools, log_mel=LogMel(job.audio), teacher=teacher,
        chooser=ScriptChooser(scripts, concepts, pools, job.single_share),
    )  # fmt: skip


@torch.inference_mode()
def _compose_chunk(job: MixJob, chunk: int) -> tuple[np.ndarray, np.ndarray, list[dict]]:
    rng = np.random.default_rng([job.seed, chunk])
    audio = job.audio
    length = audio.history_samples + audio.window_samples
    waves, rows = [], []
    for _ in range(CHUNK):
        script = _worker["chooser"].draw(rng)
        plan = plan_mix(script, _worker["pools"], length, rng)
        waves.append(render(plan, _worker["pool"].audio, length, audio.sample_rate, draw_level(script, rng), rng))
        rows.append({
            "caption": script.caption, "references": list(script.references), "corpus": script.corpus,
            "concepts": [m.concept for m in script.mentions], "clips": [p.clip for p in plan],
        })  # fmt: skip
    # One mix at a time stays within the processor's cache and is three times as fast as the whole chunk at once.
    log_mel = torch.cat([_worker["log_mel"](torch.from_numpy(wave[None])) for wave in waves])
    teacher = _worker["teacher"]
    embedding = torch.cat([teacher.embed(mel[None, None]) for mel in log_mel]) if teacher else torch.zeros(CHUNK, 0)
    return log_mel.numpy().astype(np.float16), embedding.numpy().astype(np.float32), rows


def compose_mixes(job: MixJob, count: int, out: Path, workers: int) -> None:
    """Write `count` mixes (rounded up to whole chunks) into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    chunks = -(-count // CHUNK)
    frames = job.audio.context_frames + job.audio.window_segments * job.audio.segment_frames
    embeddings = []
    with (
        ProcessPoolExecutor(workers, initializer=_start_worker, initargs=(job,)) as executor,
        open(out / "log_mel.f16", "wb") as mels,
        open(out / "captions.jsonl.part", "w", encoding="utf-8") as captions,
    ):
        composed = executor.map(partial(_compose_chunk, job), range(chunks))
        for log_mel, embedding, rows in tqdm(composed, total=chunks, desc="composing", unit=f"x{CHUNK} mixes"):
            mels.write(log_mel.tobytes())
            embeddings.append(embedding)
            captions.writelines(json.dumps(row) + "\n" for row in rows)
    np.save(out / "teacher.npy", np.concatenate(embeddings))
    shape = [chunks * CHUNK, job.audio.mel_bins, frames]
    (out / "set.json").write_text(json.dumps({"shape": shape, "audio": job.audio.as_dict(), "seed": job.seed}))
    (out / "captions.jsonl.part").replace(out / "captions.jsonl")


class Mixes:
    """Read access to a composed set."""

    def __init__(self, folder: Path):
        description = json.loads((folder / "set.json").read_text())
        self.audio = AudioSettings(**description["audio"])
        self._missing_context = 0
        self.log_mel = np.memmap(folder / "log_mel.f16", dtype=np.float16, mode="r", shape=tuple(description["shape"]))
        self.teacher = np.load(folder / "teacher.npy", mmap_mode="r")
        with open(folder / "captions.jsonl", encoding="utf-8") as file:
            self.rows = [json.loads(line) for line in file]

    def __len__(self) -> int:
        return len(self.rows)

    def recut(self, segment_frames: int, context_frames: int) -> None:
        """See the same windows as segments of another length or with more context (silence before the window)."""
        frames = self.audio.segment_frames * self.audio.window_segments
        if frames % segment_frames or context_frames < self.audio.context_frames:
            raise ValueError(f"a window of {frames} frames does not divide into segments of {segment_frames}")
        self._missing_context += context_frames - self.audio.context_frames
        self.audio = replace(
            self.audio, segment_frames=segment_frames, context_frames=context_frames, window_segments=frames // segment_frames
        )

    def batch(self, indices: np.ndarray) -> torch.Tensor:
        """Log-mel float32 [batch, mel_bins, frames]."""
        log_mel = torch.from_numpy(self.log_mel[np.sort(indices)].astype(np.float32))
        if not self._missing_context:
            return log_mel
        return torch.nn.functional.pad(log_mel, (self._missing_context, 0), value=silence_level(self.audio))
