"""Browser tests, where a Chromium is found: `python -m tests.journeys`. Says what was skipped; CI demands them. `--slow`: the long ones, which `make test` leaves out."""

import os
import shutil
import sys

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def main() -> int:
    if CHROMIUM is None:
        print("浏览器测试未运行：没有找到 Chromium（Debian：apt-get install chromium chromium-l10n fonts-noto-cjk）。")
        return 1 if os.environ.get("SHIBAIQIAN_DEMAND_BROWSER") else 0
    more = [argument for argument in sys.argv[1:] if argument != "--slow"]
    which = "browser and slow" if "--slow" in sys.argv else "browser and not slow"
    return pytest.main(["-q", "-m", which, "-p", "no:randomly", "tests/journeys", *more])


if __name__ == "__main__":
    sys.exit(main())
