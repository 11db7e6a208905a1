"""METEOR and SPICE, which are Java programs; nothing is downloaded, and what is missing is said before anything is scored."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pycocoevalcap.meteor.meteor
import pycocoevalcap.spice.spice

from ..errors import TrainerError
from .metrics import Pairs

_CORENLP = ("stanford-corenlp-3.6.0.jar", "stanford-corenlp-3.6.0-models.jar")


def _require_java(metric: str) -> None:
    if shutil.which("java") is None:
        remedy = "Install a Java runtime, or leave the metric out"
        raise TrainerError(f"{metric} needs Java, and there is no `java` on PATH", remedy)


def require_meteor() -> None:
    """Make sure that METEOR can run: pycocoevalcap brings its jar and paraphrases."""
    _require_java("METEOR")


def require_spice() -> None:
    """Make sure that SPICE can run: it needs Java and two files of Stanford CoreNLP 3.6.0."""
    _require_java("SPICE")
    folder = Path(pycocoevalcap.spice.spice.__file__).parent / "lib"
    missing = [name for name in _CORENLP if not (folder / name).is_file()]
    if missing:
        raise TrainerError(
            f"SPICE needs {' and '.join(missing)} in {folder}",
            "Take them from stanford-corenlp-full-2015-12-09.zip, or leave the metric out",
        )


def _run(metric: str, compute: Callable[[], float]) -> float:
    """Run a Java program; it tells a fault by ending, which shows as lines or files that are not there."""
    try:
        return round(float(compute()), 4)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        remedy = "METEOR takes 2 GB of memory and SPICE 8 GB; see whether `java -version` works"
        raise TrainerError(f"{metric}: its Java program failed ({error})", remedy) from error


def meteor(pairs: Pairs) -> float:
    """METEOR 1.5 over all clips."""
    require_meteor()
    scorer = pycocoevalcap.meteor.meteor.Meteor()
    try:
        return _run("METEOR", lambda: scorer.compute_score(*pairs)[0])
    finally:
        scorer.meteor_p.kill()
        scorer.meteor_p.wait()
        if scorer.lock.locked():  # after a fault its own lock stays taken, and its end would wait for it for ever
            scorer.lock.release()


def spice(pairs: Pairs) -> float:
    """Mean SPICE over all clips."""
    require_spice()
    return _run("SPICE", lambda: pycocoevalcap.spice.spice.Spice().compute_score(*pairs)[0])
