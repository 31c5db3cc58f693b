"""A person as papers print them, and the words they share."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Column, Table
from shibaiqian.documents.layout import chinese_date


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody on a paper, every field as printed; what a form does not ask stays out of it. Never an ID number or telephone."""

    name: str
    sex: str = ""
    birth: str = ""  # 1975.06
    ethnicity: str = ""
    native_place: str = ""
    political_status: str = ""
    party_joined: str = ""  # 2001.07
    work_began: str = ""  # 1996.09
    education: str = ""
    specialty: str = ""
    experience: str = ""  # 农村工作6.5年
    unit: str = ""
    post: str = ""
    host: str = ""
    title: str = ""
    duties: str = ""
    statutory: str = ""  # the procedure that the title needs besides
    begins: dt.date | None = None
    ends: dt.date | None = None

    @property
    def present(self) -> str:
        """Unit and post in one breath, without naming the unit twice."""
        return self.post if self.unit and self.post.startswith(self.unit) else f"{self.unit}{self.post}"

    @property
    def proposed(self) -> str:
        return f"{self.host}{self.title}"

    @property
    def term(self) -> str:
        if self.begins is None or self.ends is None:
            return ""
        return f"{dotted(self.begins)}—{dotted(self.ends)}"


def dotted(day: dt.date) -> str:
    """2016.6.8, for the narrow columns of lists."""
    return f"{day.year}.{day.month}.{day.day}"


def month(text: str) -> str:
    """197506 → 1975.06; anything else as it stands."""
    return f"{text[:4]}.{text[4:]}" if len(text) == 6 and text.isdigit() else text


def named(people: Sequence[Person]) -> str:
    """王朝辉同志, 王朝辉、张丽同志, 王朝辉等12名同志."""
    names = [person.name for person in people]
    if len(names) <= 3:
        return "、".join(names) + "同志"
    return f"{names[0]}等{len(names)}名同志"


def term_text(people: Sequence[Person]) -> str:
    """任期自…至…, when it is the same for all; else that each has his own."""
    terms = {(p.begins, p.ends) for p in people}
    first, last = next(iter(terms))
    if len(terms) > 1 or first is None or last is None:
        return "任期见附件"
    return f"任期自{chinese_date(first)}至{chinese_date(last)}"


def list_of_posts(people: Sequence[Person]) -> Table:
    """The annex of appointments: who goes where, with duties. The header repeats on every page."""
    columns = (
        Column("序号", 0.7), Column("姓名", 1.2), Column("性别", 0.6), Column("工作单位及职务", 3.4, "left"),
        Column("挂（任）职单位及职务", 3.4, "left"), Column("分工", 2.6, "left"), Column("任期", 1.9),
    )  # fmt: skip
    rows = tuple(
        (str(n), p.name, p.sex, p.present, p.proposed + (f"（{p.statutory}）" if p.statutory else ""), p.duties, p.term)
        for n, p in enumerate(people, start=1)
    )
    return Table(columns=columns, rows=rows)
