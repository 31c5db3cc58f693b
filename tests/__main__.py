"""`python -m tests`: the fast tests, in as many processes as the machine has cores, and the journeys in a browser beside them.

Each process has a database server of its own. The journeys wait for pages more than they compute, so they are one process more;
what they print comes last. They need a Chromium: see tests/journeys/__main__.py.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> int:
    with tempfile.NamedTemporaryFile() as said:
        journeys = subprocess.Popen([sys.executable, "-m", "tests.journeys"], stdout=said, stderr=subprocess.STDOUT)
        processes = str(os.cpu_count() or 1)
        fast = subprocess.run([sys.executable, "-m", "pytest", "-q", "-n", processes, "--dist", "worksteal"]).returncode
        slow = journeys.wait()
        print(Path(said.name).read_text(encoding="utf-8"), flush=True)
    return fast or slow


if __name__ == "__main__":
    sys.exit(main())
