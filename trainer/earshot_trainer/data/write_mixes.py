"""Composing a set with several processes, chunk by chunk, so that an interrupted set can be continued."""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from ..audio.logmel import LogMel
from ..audio.settings import AudioSettings
from ..model.mobilenet import Tagger, load_tagger
from .captions import CaptionedClip
from .compose import ScriptChooser, draw_level, plan_mix, write_scripts
from .concept_pools import Candidate, candidates
from .lexicon import load_concepts
from .pool import Pool
from .render import render
from .set_writer import Chunk, write_set

CHUNK = 50


@dataclass(frozen=True)
class MixJob:
    """What a set is composed from; chunk `n` of it depends on the job and `n` alone."""

    pool: Path
    captions: list[CaptionedClip]
    teacher: Path | None
    audio: AudioSettings
    validation: bool
    single_share: float
    seed: int

    def digest(self) -> str:
        """Tells sets apart: two jobs with the same digest compose the same mixes."""
        facts = {
            "pool": (self.pool / "pool.csv").read_text(encoding="utf-8"),
            "captions": repr(self.captions), "concepts": repr(load_concepts()),
            "teacher": hashlib.sha256(self.teacher.read_bytes()).hexdigest() if self.teacher else "",
            "audio": self.audio.as_dict(), "validation": self.validation,
            "single_share": self.single_share, "seed": self.seed,
        }  # fmt: skip
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


class Composer:
    """One process's tools for composing."""

    def __init__(self, pool: Pool, pools: dict[str, list[Candidate]], chooser: ScriptChooser, job: MixJob):
        self.pool, self.pools, self.chooser = pool, pools, chooser
        self.audio, self.seed = job.audio, job.seed
        self.log_mel = LogMel(job.audio)
        self.teacher: Tagger | None = load_tagger(job.teacher) if job.teacher else None

    @torch.inference_mode()
    def chunk(self, number: int) -> Chunk:
        """Draw, render and analyse one chunk."""
        rng = np.random.default_rng([self.seed, number])
        length = self.audio.history_samples + self.audio.window_samples
        waves, rows = [], []
        for _ in range(CHUNK):
            script = self.chooser.draw(rng)
            plan = plan_mix(script, self.pools, length, rng)
            waves.append(render(plan, self.pool.audio, length, self.audio.sample_rate, draw_level(script, rng), rng))
            rows.append({
                "caption": script.caption, "references": list(script.references), "corpus": script.corpus,
                "concepts": [m.concept for m in script.mentions], "clips": [p.clip for p in plan],
            })  # fmt: skip
        # One mix at a time stays within the processor's cache and is three times as fast as the whole chunk at once.
        log_mel = torch.cat([self.log_mel(torch.from_numpy(wave[None])) for wave in waves])
        embeddings = [self.teacher.embed(mel[None, None]) for mel in log_mel] if self.teacher else [torch.zeros(CHUNK, 0)]
        return log_mel.numpy().astype(np.float16), torch.cat(embeddings).numpy().astype(np.float32), rows


_composer: Composer | None = None


def _start_worker(job: MixJob, pools: dict[str, list[Candidate]], chooser: ScriptChooser) -> None:
    global _composer
    torch.set_num_threads(1)
    _composer = Composer(Pool(job.pool), pools, chooser, job)


def _compose_chunk(number: int) -> Chunk:
    assert _composer is not None
    return _composer.chunk(number)


def _composed(job: MixJob, numbers: range, workers: int) -> Iterator[tuple[Chunk, list[str]]]:
    """Chunks in order, composed by several processes; the job is checked here, where a fault can be told in one line."""
    pool, concepts = Pool(job.pool), load_concepts()
    pools = candidates(pool.clips, concepts, job.validation)
    chooser = ScriptChooser(write_scripts(job.captions, concepts, pools), concepts, pools, job.single_share)
    start = {"initializer": _start_worker, "initargs": (job, pools, chooser)}
    executor = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), **start)
    try:
        for chunk in executor.map(_compose_chunk, numbers):
            yield chunk, []
    finally:
        executor.shutdown(cancel_futures=True)


def compose_mixes(job: MixJob, count: int, out: Path, workers: int) -> int:
    """Write `count` mixes (rounded up to whole chunks) into `out`; returns how many of them were there before.

    A set that the same job began is continued (`composing.json` says how far it is whole), another one overwritten.
    """
    chunks = -(-count // CHUNK)
    Pool(job.pool)
    if job.teacher:
        load_tagger(job.teacher)
    identity = {"digest": job.digest(), "chunks": chunks}
    about = {"seed": job.seed}
    before, _ = write_set(out, identity, chunks, lambda numbers: _composed(job, numbers, workers), job.audio, about, "composing")
    return before * CHUNK
