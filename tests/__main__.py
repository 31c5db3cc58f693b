"""`python -m tests`: the fast tests in two processes at once, each with a database server of its own; machines have two cores.

The second share's output is printed when both are done. On a server of one's own (DATABASE_URL) there is one database, so one process.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

# About half of the time each.
SHARE = ("tests/guards", "shibaiqian/console", "shibaiqian/access", "shibaiqian/messages", "shibaiqian/postings")


def _second(output: "tempfile._TemporaryFileWrapper[bytes]") -> "subprocess.Popen[bytes]":
    home = os.environ.get("SHIBAIQIAN_TEST_HOME") or str(Path(tempfile.gettempdir()) / f"shibaiqian-tests-{os.getuid()}")
    environment = {**os.environ, "SHIBAIQIAN_TEST_HOME": f"{home}-2"}
    return subprocess.Popen([sys.executable, "-m", "pytest", "-q", *SHARE], env=environment, stdout=output, stderr=subprocess.STDOUT)


def main() -> int:
    pytest = [sys.executable, "-m", "pytest", "-q"]
    if os.environ.get("DATABASE_URL"):
        return subprocess.run(pytest).returncode
    with tempfile.NamedTemporaryFile() as output:
        second = _second(output)
        first = subprocess.run([*pytest, *(f"--ignore={path}" for path in SHARE)]).returncode
        last = second.wait()
        print(Path(output.name).read_text(encoding="utf-8"), flush=True)
    return first or last


if __name__ == "__main__":
    sys.exit(main())
