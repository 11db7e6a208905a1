"""Stage 4b: score captions of the evaluation set: the fp32 student, the daemon's own output, the tagger's labels."""

import argparse
import json
from pathlib import Path

from tqdm import tqdm

from ..data.lexicon import load_concepts
from ..decoding import DecodingSettings
from ..evaluation.captioners import student_captions, tagger_labels
from ..evaluation.scores import labels_name_sound, score_mixes, score_single_sounds
from ..evaluation.sets import read_hypotheses, read_items


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, required=True, help="folder made by the listening_set stage")
    parser.add_argument("--student", type=Path, help="checkpoint to caption the set with, in fp32")
    parser.add_argument("--beam", type=int, default=DecodingSettings().beam_size, help="beams of the search (default: %(default)s)")
    parser.add_argument("--captions", type=Path, help="JSON lines of `earshot caption --once --json`")
    parser.add_argument("--tagger", type=Path, help="EfficientAT weights: score its labels as a baseline")
    parser.add_argument("--labels", type=Path, help="class_labels_indices.csv of the tagger")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    parser.add_argument("--show", type=int, default=0, help="print this many captions")
    options = parser.parse_args()
    items, concepts = read_items(options.set), {concept.name: concept for concept in load_concepts()}
    paths = [options.set / item.file for item in items]
    captions: dict[str, str] = {}
    if options.student:
        said = student_captions(options.student, paths, DecodingSettings(beam_size=options.beam))
        captions = {path.name: text for path, text in zip(paths, tqdm(said, total=len(paths), desc="captioning"), strict=True)}
    if options.captions:
        captions = read_hypotheses(options.captions)
    figures: dict = {}
    if captions:
        figures = {**score_mixes(items, captions), **score_single_sounds(items, captions, concepts)}
    for item in items[:: max(1, len(items) // options.show)] if options.show else []:
        print(f"{item.file} [{item.label or item.references[0]}] {captions.get(item.file)}")
    if options.tagger:
        said = tagger_labels(options.tagger, options.labels, paths, 3)
        best = {path.name: names for path, names in zip(paths, tqdm(said, total=len(paths), desc="tagging"), strict=True)}
        joined = {name: " and ".join(labels) for name, labels in best.items()}
        singles = [item for item in items if item.kind == "single"]
        figures["tagger_cider_d"] = score_mixes(items, joined)["cider_d"]
        for count in (1, 3):
            hits = [labels_name_sound(best[item.file][:count], item, concepts) for item in singles]
            figures[f"tagger_top_{count}"] = round(sum(hits) / len(hits), 4)
    print(json.dumps(figures, indent=2))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
