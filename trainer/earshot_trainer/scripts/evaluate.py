"""Stage 4b: score captions of the evaluation set: the fp32 student, the daemon's own output, the tagger's labels."""

import argparse
import json
from pathlib import Path

from tqdm import tqdm

from ..data.lexicon import Concept, load_concepts
from ..decoding import DecodingSettings
from ..errors import TrainerError
from ..evaluation.captioners import student_captions, tagger_labels
from ..evaluation.scores import labels_name_sound, score_mixes, score_single_sounds
from ..evaluation.sets import Item, read_hypotheses, read_items
from ..files import write_json
from .stage import at_least, run_stage


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, required=True, help="folder made by the listening_set stage")
    parser.add_argument("--student", type=Path, help="checkpoint to caption the set with, in fp32")
    beam = DecodingSettings().beam_size
    parser.add_argument("--beam", type=at_least(1), default=beam, help="beams of the search (default: %(default)s)")
    parser.add_argument("--captions", type=Path, help="JSON lines of `earshot caption --once --json`")
    parser.add_argument("--tagger", type=Path, help="EfficientAT weights: score its labels as a baseline")
    parser.add_argument("--labels", type=Path, help="class_labels_indices.csv of the tagger")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    parser.add_argument("--show", type=at_least(0), default=0, help="print this many captions")
    options = parser.parse_args()
    if options.tagger and not options.labels:
        parser.error("--tagger needs --labels, the names of its classes")
    if options.student and options.captions:
        parser.error("--student and --captions are two captioners: score one at a time")
    if not (options.student or options.captions or options.tagger):
        parser.error("nothing to score: give --student, --captions or --tagger")
    return options


def read_captions_of(options: argparse.Namespace, paths: list[Path]) -> dict[str, str]:
    """Captions by file name, from the student or from the file of captions; empty where neither is given."""
    if options.student:
        said = student_captions(options.student, paths, DecodingSettings(beam_size=options.beam))
        return {path.name: text for path, text in zip(paths, tqdm(said, total=len(paths), desc="captioning"), strict=True)}
    if not options.captions:
        return {}
    captions = read_hypotheses(options.captions)
    missing = [path.name for path in paths if path.name not in captions]
    if missing:
        told = f"{options.captions}: has no caption of {missing[0]}" + (f" and {len(missing) - 1} more" if missing[1:] else "")
        raise TrainerError(told, f"Caption every recording of {options.set}")
    return captions


def score_tagger(options: argparse.Namespace, items: list[Item], paths: list[Path], concepts: dict[str, Concept]) -> dict:
    """The baseline: its three best labels joined by "and" as a caption, and how often its best labels name a sound."""
    said = tagger_labels(options.tagger, options.labels, paths, 3)
    best = {path.name: names for path, names in zip(paths, tqdm(said, total=len(paths), desc="tagging"), strict=True)}
    mixes = score_mixes(items, {name: " and ".join(labels) for name, labels in best.items()})
    figures = {"tagger_cider_d": mixes["cider_d"]} if "cider_d" in mixes else {}
    singles = [item for item in items if item.kind == "single"]
    for count in (1, 3) if singles else ():
        hits = [labels_name_sound(best[item.file][:count], item, concepts) for item in singles]
        figures[f"tagger_top_{count}"] = round(sum(hits) / len(hits), 4)
    return figures


def main() -> None:
    options = parse_options()
    items, concepts = read_items(options.set), {concept.name: concept for concept in load_concepts()}
    paths = [options.set / item.file for item in items]
    captions = read_captions_of(options, paths)
    figures: dict = {}
    if captions:
        figures = {**score_mixes(items, captions), **score_single_sounds(items, captions, concepts)}
    for item in items[:: max(1, len(items) // options.show)] if options.show else []:
        print(f"{item.file} [{item.label or item.references[0]}] {captions.get(item.file)}")
    if options.tagger:
        figures |= score_tagger(options, items, paths, concepts)
    print(json.dumps(figures, indent=2))
    if options.out:
        write_json(options.out, figures)


if __name__ == "__main__":
    run_stage(main)
