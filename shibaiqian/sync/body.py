"""Reading the body of an operation: each value by its name and kind, or Malformed with what is wrong with it."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from shibaiqian.sync.rules import Malformed

LARGEST = 10**15
FIRST, LAST = dt.date(1900, 1, 1), dt.date(2200, 1, 1)  # days beyond are slips of a finger, and no calendar counts on from them


@dataclass(frozen=True)
class Body:
    """The values of an operation, or of one thing in it."""

    values: dict[str, Any]

    def text(self, name: str, *, longest: int, required: bool = False) -> str:
        said = self.values.get(name)
        if said is None:
            said = ""
        if not isinstance(said, str) or len(said) > longest:
            raise Malformed(f"“{name}”应为文字，最多 {longest} 字。")
        if "\0" in said:
            raise Malformed(f"“{name}”里有不能保存的字符，请删去后重新填写。")
        if required and not said.strip():
            raise Malformed(f"“{name}”不能为空。")
        return said.strip()

    def choice(self, name: str, choices: Collection[str], *, required: bool = False) -> str:
        said = self.text(name, longest=40, required=required)
        if said and said not in choices:
            raise Malformed(f"“{name}”没有“{said}”这一项。请更新手机端后重新选择。")
        return said

    def date(self, name: str) -> dt.date | None:
        said = self.values.get(name)
        if said is None:
            return None
        try:
            day = dt.date.fromisoformat(said)
        except (TypeError, ValueError):
            day = None
        if day is None or not FIRST <= day < LAST:
            raise Malformed(f"“{name}”应为日期，如 2016-06-08。")
        return day

    def day(self, name: str) -> dt.date:
        said = self.date(name)
        if said is None:
            raise Malformed(f"“{name}”应为日期，如 2016-06-08。")
        return said

    def key(self, name: str) -> uuid.UUID | None:
        said = self.values.get(name)
        if said is None:
            return None
        try:
            return uuid.UUID(said)
        except (TypeError, ValueError, AttributeError):
            raise Malformed(f"“{name}”的编号不对。") from None

    def keys(self, name: str, *, most: int) -> tuple[uuid.UUID, ...]:
        said = self._list(name, most=most)
        return tuple(key for one in said if (key := Body({name: one}).key(name)) is not None)

    def texts(self, name: str, *, most: int, longest: int) -> tuple[str, ...]:
        return tuple(Body({name: one}).text(name, longest=longest, required=True) for one in self._list(name, most=most))

    def whole(self, name: str) -> int | None:
        """A whole number that is not negative: cents, counts."""
        said = self.values.get(name)
        if said is None:
            return None
        if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said <= LARGEST:
            raise Malformed(f"“{name}”应为不小于 0 的整数。")
        return said

    def within(self, name: str) -> "Body | None":
        said = self.values.get(name)
        if said is None:
            return None
        if not isinstance(said, dict):
            raise Malformed(f"“{name}”的格式不对。")
        return Body(said)

    def several(self, name: str, *, most: int) -> list["Body"]:
        said = self._list(name, most=most)
        if any(not isinstance(one, dict) for one in said):
            raise Malformed(f"“{name}”的格式不对。")
        return [Body(one) for one in said]

    def _list(self, name: str, *, most: int) -> list[Any]:
        said = self.values.get(name)
        if said is None:
            return []
        if not isinstance(said, list) or len(said) > most:
            raise Malformed(f"“{name}”应为一列，最多 {most} 项。")
        return said
