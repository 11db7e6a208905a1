"""The log of a run: a JSON line an epoch."""

import json
from pathlib import Path

from tqdm import tqdm

from ..files import naming, read_json_lines, write_text


class EpochLog:
    """The records of one phase in a run's `log.jsonl`."""

    def __init__(self, path: Path, phase: str):
        self.path, self.phase = path, phase

    def add(self, step: int, losses: dict[str, float], validation: float, seconds: float) -> None:
        """Record an epoch: smoothed training losses, validation loss, seconds since the phase began or was continued."""
        record = {
            "phase": self.phase, "step": step, "loss": sum(losses.values()), "losses": losses, "validation": validation,
            "seconds": round(seconds),
        }  # fmt: skip
        with naming(self.path), self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        tqdm.write(json.dumps(record))

    def cut_back(self, step: int) -> None:
        """Forget this phase's epochs after `step`: they are about to be trained again."""
        if not self.path.exists():
            return
        records = read_json_lines(self.path, "Remove it; nothing but the picture of the learning curves needs it")
        kept = [record for record in records if record["phase"] != self.phase or record["step"] <= step]
        write_text(self.path, "".join(json.dumps(record) + "\n" for record in kept))
