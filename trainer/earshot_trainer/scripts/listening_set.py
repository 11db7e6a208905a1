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
from ..evaluation.sets import Item, write_item


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--captions", type=Path, required=True, help="human captions that no student was trained on")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--mixes", type=int, default=600)
    parser.add_argument("--per-label", type=int, default=8)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True)
    pool, audio = Pool(options.pool), AudioSettings()
    render_mixes(pool, options.captions, options.mixes, audio, options.seed, options.out)
    render_single_sounds(pool, options.per_label, audio, options.seed, options.out)
    print(f"evaluation set written to {options.out}")


if __name__ == "__main__":
    main()
