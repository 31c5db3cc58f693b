"""Reading the body of an operation: each value by its name and kind, or Malformed with what is wrong with it."""

import datetime as dt
import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from shibaiqian.sync.rules import Malformed

LARGEST = 10**15
FIRST, LAST = dt.date(1900, 1, 1), dt.date(2200, 1, 1)  # days beyond are slips of a finger, and no calendar counts on from them

# The values of operations as the phone's screens call them.
NAMES = {
    "accuracy": "精确度", "amount_cents": "金额", "beneficiary": "受益人", "category": "类别", "confirmation": "确认方式", "confirmed_on": "确认日期",
    "content": "内容", "days": "日期", "draft": "草稿", "due": "承诺期限", "extends": "续假", "facts": "核实内容", "first_on": "开始日期",
    "follow_up_due": "跟进期限", "follows": "要跟进的事", "household": "农户", "items": "事项", "kind": "类别", "last_on": "结束日期", "lat_e6": "位置",
    "leave": "请假", "lon_e6": "位置", "messages": "消息", "month": "月份", "note": "说明", "on": "日期", "outcome": "完成情况", "outcomes": "完成情况",
    "overnight": "住村", "photos": "照片", "place": "地点", "point": "位置", "posting": "任职", "problem": "问题", "problems": "问题", "project": "项目",
    "reason": "事由", "receiver": "答复单位", "region": "村（社区）", "request": "请求", "seq": "序号", "service": "实事", "services": "实事",
    "status": "考勤状态", "target": "目标", "text": "内容", "title": "标题", "told_on": "报告日期", "told_to": "报告对象", "word": "退回原因",
}  # fmt: skip

# What nobody sees and keyboards or pasting leave behind: control characters, spaces without width, turns of the direction of writing.
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff]")


def seen(said: str) -> str:
    """A text without what cannot be seen in it."""
    return UNSEEN.sub("", said).strip()


def named(name: str) -> str:
    return NAMES.get(name, name)


@dataclass(frozen=True)
class Body:
    """The values of an operation, or of one thing in it."""

    values: dict[str, Any]

    @property
    def seen(self) -> dict[str, Any]:
        """The values as they are, texts without what cannot be seen."""
        return {name: seen(said) if isinstance(said, str) else said for name, said in self.values.items()}

    def text(self, name: str, *, longest: int, required: bool = False) -> str:
        said = self.values.get(name)
        if said is None:
            said = ""
        if not isinstance(said, str) or len(said) > longest:
            raise Malformed(f"“{named(name)}”应为文字，最多 {longest} 字。")
        said = seen(said)
        if required and not said:
            raise Malformed(f"“{named(name)}”不能为空。")
        return said

    def choice(self, name: str, choices: Collection[str], *, required: bool = False) -> str:
        said = self.text(name, longest=40, required=required)
        if said and said not in choices:
            raise Malformed(f"“{named(name)}”没有“{said}”这一项。请更新手机端后重新选择。")
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
            raise Malformed(f"“{named(name)}”不对，应如 2016-06-08。")
        return day

    def day(self, name: str) -> dt.date:
        said = self.date(name)
        if said is None:
            raise Malformed(f"“{named(name)}”不对，应如 2016-06-08。")
        return said

    def key(self, name: str) -> uuid.UUID | None:
        said = self.values.get(name)
        if said is None:
            return None
        try:
            return uuid.UUID(said)
        except (TypeError, ValueError, AttributeError):
            raise Malformed(f"“{named(name)}”的编号不对。") from None

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
            raise Malformed(f"“{named(name)}”应为不小于 0 的整数。")
        return said

    def within(self, name: str) -> "Body | None":
        said = self.values.get(name)
        if said is None:
            return None
        if not isinstance(said, dict):
            raise Malformed(f"“{named(name)}”的格式不对。")
        return Body(said)

    def several(self, name: str, *, most: int) -> list["Body"]:
        said = self._list(name, most=most)
        if any(not isinstance(one, dict) for one in said):
            raise Malformed(f"“{named(name)}”的格式不对。")
        return [Body(one) for one in said]

    def _list(self, name: str, *, most: int) -> list[Any]:
        said = self.values.get(name)
        if said is None:
            return []
        if not isinstance(said, list) or len(said) > most:
            raise Malformed(f"“{named(name)}”应为一列，最多 {most} 项。")
        return said
