"""Stage 4a: render the evaluation set: composed mixes and single real sounds, all from recordings never trained on."""

import argparse
import shutil
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ..audio.settings import AudioSettings
from ..data.captions import read_captions
from ..data.compose import ScriptChooser, draw_level, plan_mix, write_scripts
from ..data.concept_pools import candidates, is_validation, spoken_label
from ..data.lexicon import load_concepts
from ..data.pool import Pool
from ..data.render import render, trim_silence
from ..errors import TrainerError
from ..evaluation.sets import Item, write_item
from ..files import naming
from .stage import at_least, run_stage


def render_mixes(pool: Pool, captions: Path, count: int, audio: AudioSettings, seed: int, out: Path) -> None:
    """Mixes of the human captions in `captions`; all captions of the same human clip are references."""
    concepts = load_concepts()
    pools = candidates(pool.clips, concepts, validation=True)
    chooser = ScriptChooser(write_scripts(read_captions(captions), concepts, pools), concepts, pools, single_share=0)
    rng = np.random.default_rng(seed)
    for number in tqdm(range(count), desc="rendering mixes", unit="mix"):
        script = chooser.draw(rng)
        plan = plan_mix(script, pools, audio.window_samples, rng)
        wave = render(plan, pool.audio, audio.window_samples, audio.sample_rate, draw_level(script, rng), rng)
        item = Item(f"mix-{number:04d}.wav", "mix", script.references, tuple(m.concept for m in script.mentions), "")
        write_item(out, item, wave, audio.sample_rate)


def render_single_sounds(pool: Pool, per_label: int, audio: AudioSettings, seed: int, out: Path) -> None:
    """Up to `per_label` clips of every class label whose sound the lexicon knows, as they were recorded."""
    concepts = load_concepts()
    rng = np.random.default_rng(seed)
    by_label: dict[str, list[int]] = {}
    for index, clip in enumerate(pool.clips):
        if clip.label_kind == "class" and is_validation(clip.group) and spoken_label(clip):
            by_label.setdefault(spoken_label(clip), []).append(index)
    for label, indices in sorted(by_label.items()):
        meant = tuple(concept.name for concept in concepts if concept.source_label.search(label))
        if not meant or "quiet" in meant:
            continue
        for index in rng.permutation(indices)[:per_label]:
            sound = trim_silence(pool.audio(int(index)))[: audio.window_samples]
            item = Item(f"single-{int(index):05d}.wav", "single", (), meant, label)
            write_item(out, item, sound, audio.sample_rate)


def require_replaceable(folder: Path) -> None:
    """Refuse to write a set where something else is: writing it removes what was there."""
    if not folder.exists() or (folder / "items.jsonl").exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    remedy = "Give --out a new folder, or an older evaluation set to replace"
    raise TrainerError(f"{folder}: is there already and is no evaluation set", remedy)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", type=Path, required=True, help="folder made by the prepare stage")
    parser.add_argument("--captions", type=Path, required=True, help="human captions that no student was trained on")
    parser.add_argument("--out", type=Path, required=True, help="folder for the recordings and items.jsonl")
    parser.add_argument("--mixes", type=at_least(0), default=600, help="composed mixes (default: 600)")
    parser.add_argument("--per-label", type=at_least(0), default=8, help="single sounds of each label, at most (default: 8)")
    parser.add_argument("--seed", type=at_least(0), default=7)
    options = parser.parse_args()
    require_replaceable(options.out)
    pool, audio = Pool(options.pool), AudioSettings()
    part = options.out.with_name(f"{options.out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    with naming(options.out):
        part.mkdir(parents=True)
        if options.mixes:
            render_mixes(pool, options.captions, options.mixes, audio, options.seed, part)
        render_single_sounds(pool, options.per_label, audio, options.seed, part)
        shutil.rmtree(options.out, ignore_errors=True)
        part.replace(options.out)
    print(f"evaluation set written to {options.out}")


if __name__ == "__main__":
    run_stage(main)
