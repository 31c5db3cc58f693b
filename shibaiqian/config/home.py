"""Where the installation keeps what is its own: one folder, named by SHIBAIQIAN_HOME."""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def _default() -> Path:
    """`var/` in a checkout, else the user's data folder."""
    if (PROJECT / "pyproject.toml").exists():
        return PROJECT / "var"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "shibaiqian"


@dataclass(frozen=True)
class Home:
    """The data folder: `pg/` the embedded database, `files/` sealed files, `rosters/` of the demonstration.

    The key lies beside the data, never inside a folder that is backed up with it (`keys/`).
    """

    path: Path

    @classmethod
    def of_environment(cls) -> "Home":
        return cls(Path(os.environ.get("SHIBAIQIAN_HOME") or _default()).expanduser().absolute())

    @property
    def key_file(self) -> Path:
        named = os.environ.get("SHIBAIQIAN_KEY_FILE")
        return Path(named) if named else self.path / "keys" / "master.key"

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def rosters(self) -> Path:
        return self.path / "rosters"

    @property
    def demonstration_mark(self) -> Path:
        """Holds the business date of a demonstration; its absence means the real clock."""
        return self.path / "demonstration"
