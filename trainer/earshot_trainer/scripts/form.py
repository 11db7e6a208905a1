"""The options of several stages that say in which form a student hears."""

import argparse
from dataclasses import replace

from ..audio.settings import PAPER_AUDIO, AudioSettings
from ..errors import TrainerError
from .stage import at_least

FRONT_ENDS = {"default": AudioSettings(), "effb2-trm": PAPER_AUDIO}


def add_form_options(parser: argparse.ArgumentParser) -> None:
    """Front end and the cut of a window into segments; `read_form` reads them."""
    form = parser.add_argument_group("form of the log-mel")
    form.add_argument("--front-end", choices=sorted(FRONT_ENDS), default="default", help="of which student")
    form.add_argument("--segment-frames", type=at_least(1), help="frames of a segment (default: 200 = 2 s)")
    form.add_argument("--window-segments", type=at_least(1), help="segments of a window (default: 5)")
    form.add_argument("--context-frames", type=at_least(0), help="frames before a segment that its encoder sees (default: 0)")


def read_form(options: argparse.Namespace) -> AudioSettings:
    """The audio settings that the options ask for."""
    names = ("segment_frames", "window_segments", "context_frames")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    audio = replace(FRONT_ENDS[options.front_end], **given)
    if audio.framing == "center" and (audio.window_segments != 1 or audio.context_frames):
        raise TrainerError(f"--front-end {options.front_end}: sees a window as one segment", "Give no context and one segment")
    return audio
