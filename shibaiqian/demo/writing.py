"""Writes the rosters in a process of its own, one line of JSON a file: `python -m shibaiqian.demo.writing FOLDER SCALE`.

The accounts' first password comes on standard input, so that no list of processes shows it.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from shibaiqian.demo.rosters import write_rosters


def main() -> None:
    folder, scale = Path(sys.argv[1]), sys.argv[2]
    password = sys.stdin.readline().strip()
    for file in write_rosters(folder, scale=scale, password=password):  # type: ignore[arg-type]
        print(json.dumps({**asdict(file), "path": str(file.path)}), flush=True)


if __name__ == "__main__":
    main()
