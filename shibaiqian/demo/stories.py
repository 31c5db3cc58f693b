"""The three stories of the article on their real villages, with invented persons: 姚楼村 (S20), 银厂村 (S35), 吴庄村 (S38)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from shibaiqian.demo.register import Register

YAOLOU, YINCHANG, WUZHUANG = "611023111216", "611024107209", "611002105237"


def tell_of_households(made: Register) -> Register:
    """Give the households of the stories their persons and circumstances."""
    return made


def linked(made: Register, link: np.ndarray) -> np.ndarray:
    return link
