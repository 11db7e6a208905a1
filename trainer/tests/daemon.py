"""The daemon as a program, for tests that hold the trainer beside it."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BUILT = ROOT / "dist" / "daemon"
DAEMON_MISSING = [
    reason
    for found, reason in [
        (shutil.which("node"), "node is not on PATH"),
        ((_BUILT / "encode" / "dump-log-mel.js").exists(), "dist/ is not built: npm run build"),
    ]
    if not found
]
"""Why the daemon cannot be run here; empty where it can."""


def node(script: str, *arguments: object) -> bytes:
    """Standard output of one of the daemon's programs, which must end well."""
    command = ["node", _BUILT / script, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
