"""Stage 4b: score captions of an evaluation set: a student's in fp32, a teacher's, the daemon's own, the tagger's labels."""

import argparse
import json
from pathlib import Path

from tqdm import tqdm

from ..data.lexicon import Concept, load_concepts
from ..decoding import DecodingSettings
from ..errors import TrainerError
from ..evaluation.captioners import set_captions, tagger_labels
from ..evaluation.java_metrics import meteor, require_meteor, require_spice, spice
from ..evaluation.metrics import Pairs
from ..evaluation.scores import labels_name_sound, pair_mixes, score_mixes, score_single_sounds
from ..evaluation.sentence_similarity import minilm_folder, sentence_similarity
from ..evaluation.sets import Item, holds_log_mel, read_hypotheses, read_items
from ..files import naming, write_json
from ..teachers.captioner import CaptionerTeacher
from ..teachers.open_teacher import SPEC_HELP, open_teacher
from .stage import at_least, run_stage

REQUIREMENTS = {"meteor": require_meteor, "spice": require_spice, "similarity": minilm_folder}


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, required=True, help="folder of listening_set, or of compose or prepare_dataset")
    parser.add_argument("--student", type=Path, help="checkpoint to caption the set with, in fp32")
    beam = DecodingSettings().beam_size
    parser.add_argument("--beam", type=at_least(1), default=beam, help="beams of the student's search (default: %(default)s)")
    parser.add_argument("--teacher", help=f"teacher to caption the set with: {SPEC_HELP}")
    parser.add_argument("--captions", type=Path, help="JSON lines of `earshot caption --once --json`")
    parser.add_argument("--tagger", type=Path, help="EfficientAT weights: score its labels as a baseline")
    parser.add_argument("--labels", type=Path, help="class_labels_indices.csv of the tagger")
    parser.add_argument("--also", nargs="+", choices=sorted(REQUIREMENTS), default=[], help="metrics that need more than Python")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    parser.add_argument("--show", type=at_least(0), default=0, help="print this many captions")
    options = parser.parse_args()
    if options.tagger and not options.labels:
        parser.error("--tagger needs --labels, the names of its classes")
    if sum(map(bool, (options.student, options.teacher, options.captions))) > 1:
        parser.error("--student, --teacher and --captions are captioners: score one at a time")
    if not (options.student or options.teacher or options.captions or options.tagger):
        parser.error("nothing to score: give --student, --teacher, --captions or --tagger")
    return options


def check(options: argparse.Namespace) -> None:
    """Say what is missing before anything is captioned."""
    for metric in options.also:
        REQUIREMENTS[metric]()
    if holds_log_mel(options.set) and (options.captions or options.tagger):
        told = f"{options.set}: holds log-mel, and --captions and --tagger need recordings"
        raise TrainerError(told, "Give a set of the listening_set stage")


def read_captions_of(options: argparse.Namespace, items: list[Item]) -> dict[str, str]:
    """Captions by file name, from a captioner or from the file of captions; empty where none is given."""
    if options.student or options.teacher:
        decoding = DecodingSettings(beam_size=options.beam)
        captioner = CaptionerTeacher(options.student, decoding) if options.student else open_teacher(options.teacher)
        said = tqdm(set_captions(captioner, options.set, items), total=len(items), desc="captioning")
        return {item.file: text for item, text in zip(items, said, strict=True)}
    if not options.captions:
        return {}
    captions = read_hypotheses(options.captions)
    missing = [item.file for item in items if item.file not in captions]
    if missing:
        told = f"{options.captions}: has no caption of {missing[0]}" + (f" and {len(missing) - 1} more" if missing[1:] else "")
        raise TrainerError(told, f"Caption every recording of {options.set}")
    return captions


def score_further(metrics: list[str], pairs: Pairs) -> dict[str, float]:
    """The metrics that need more than Python; SPIDEr is the mean of SPICE and CIDEr-D, which the caller has."""
    if not pairs[0]:
        return {}
    figures = {"meteor": meteor(pairs)} if "meteor" in metrics else {}
    figures |= {"spice": spice(pairs)} if "spice" in metrics else {}
    return figures | ({"sentence_similarity": sentence_similarity(pairs, minilm_folder())} if "similarity" in metrics else {})


def score_tagger(options: argparse.Namespace, items: list[Item], concepts: dict[str, Concept]) -> dict:
    """The baseline: its three best labels joined by "and" as a caption, and how often its best labels name a sound."""
    said = tagger_labels(options.tagger, options.labels, [options.set / item.file for item in items], 3)
    best = {item.file: names for item, names in zip(items, tqdm(said, total=len(items), desc="tagging"), strict=True)}
    mixes = score_mixes(items, {name: " and ".join(labels) for name, labels in best.items()})
    figures = {"tagger_cider_d": mixes["cider_d"]} if "cider_d" in mixes else {}
    singles = [item for item in items if item.kind == "single"]
    for count in (1, 3) if singles else ():
        hits = [labels_name_sound(best[item.file][:count], item, concepts) for item in singles]
        figures[f"tagger_top_{count}"] = round(sum(hits) / len(hits), 4)
    return figures


def main() -> None:
    options = parse_options()
    check(options)
    items, concepts = read_items(options.set), {concept.name: concept for concept in load_concepts()}
    captions = read_captions_of(options, items)
    figures: dict = {}
    if captions:
        figures = score_mixes(items, captions) | score_further(options.also, pair_mixes(items, captions))
        if "spice" in figures and "cider_d" in figures:
            figures["spider"] = round((figures["spice"] + figures["cider_d"]) / 2, 4)
        figures |= score_single_sounds(items, captions, concepts)
    for item in items[:: max(1, len(items) // options.show)] if options.show else []:
        print(f"{item.file} [{item.label or item.references[0]}] {captions.get(item.file)}")
    if options.tagger:
        figures |= score_tagger(options, items, concepts)
    print(json.dumps(figures, indent=2))
    if options.out:
        with naming(options.out):
            options.out.parent.mkdir(parents=True, exist_ok=True)
        write_json(options.out, figures)


if __name__ == "__main__":
    run_stage(main)
