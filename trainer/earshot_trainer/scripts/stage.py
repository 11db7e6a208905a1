"""What every stage does on the command line beside its work: tell faults in one line, and read numbers."""

import argparse
import sys
from collections.abc import Callable

from ..errors import TrainerError


def run_stage(main: Callable[[], None]) -> None:
    """Run a stage; a foreseen failure or Ctrl-C ends it with one line on stderr and a status that is not zero."""
    try:
        main()
    except TrainerError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        print("interrupted; the same command goes on where it can (trainer/README.md says which stages do)", file=sys.stderr)
        sys.exit(130)


def at_least(least: int) -> Callable[[str], int]:
    """An argparse type: a whole number of `least` or more."""

    def parse(text: str) -> int:
        if not text.isdigit() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of {least} or more")
        return int(text)

    return parse
