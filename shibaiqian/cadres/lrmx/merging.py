"""A form against the register: what each says, which of the two is taken, and the form that goes out again. Pure."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from shibaiqian.cadres.codes import ETHNICITIES, GRADES, SEXES
from shibaiqian.cadres.lrmx.dates import month_of
from shibaiqian.cadres.lrmx.form import FAMILY, LABELS, RESUME, Form
from shibaiqian.cadres.lrmx.resume import Line, read_resume, with_postings, write_line

SEX_NAMES = {code: name for name, code in SEXES.items()}
ETHNIC_NAMES = {code: name for name, code in reversed(ETHNICITIES.items()) if name.endswith("族") or code in ("97", "98")}


class Register(Protocol):
    """What of a cadre the form shows."""

    name: str
    sex: str
    birth_date: dt.date
    ethnicity: str
    native_place: str
    birthplace: str
    party_join_month: str
    work_start_month: str
    health: str
    technical_title: str
    specialty: str
    edu_full_time: str
    edu_full_time_school: str
    edu_in_service: str
    post: str


@dataclass(frozen=True)
class Mapped:
    """An element that the register knows. `read` gives the register's value of a text, None where the text does not say one."""

    element: str
    field: str
    read: Callable[[str], str | None]
    write: Callable[[str], str]


def _plain(text: str) -> str:
    return text


def _ethnicity(text: str) -> str | None:
    return ETHNICITIES.get(text.strip())


MAPPED = (
    Mapped("XingMing", "name", lambda t: "".join(t.split()), lambda v: f"{v[0]}  {v[1]}" if len(v) == 2 else v),
    Mapped("XingBie", "sex", lambda t: SEXES.get(t.strip()), lambda v: SEX_NAMES.get(v, "")),
    Mapped("MinZu", "ethnicity", _ethnicity, lambda v: ETHNIC_NAMES.get(v, "")),
    Mapped("JiGuan", "native_place", str.strip, _plain),
    Mapped("ChuShengDi", "birthplace", str.strip, _plain),
    Mapped("RuDangShiJian", "party_join_month", month_of, _plain),
    Mapped("CanJiaGongZuoShiJian", "work_start_month", month_of, _plain),
    Mapped("JianKangZhuangKuang", "health", str.strip, _plain),
    Mapped("ZhuanYeJiShuZhiWu", "technical_title", str.strip, _plain),
    Mapped("ShuXiZhuanYeYouHeZhuanChang", "specialty", str.strip, _plain),
    Mapped("QuanRiZhiJiaoYu_XueLi", "edu_full_time", str.strip, _plain),
    Mapped("QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi", "edu_full_time_school", str.strip, _plain),
    Mapped("ZaiZhiJiaoYu_XueLi", "edu_in_service", str.strip, _plain),
    Mapped("XianRenZhiWu", "post", str.strip, _plain),
)
REQUIRED = {"name", "sex", "ethnicity", "work_start_month", "post"}  # never emptied by a form


class How(StrEnum):
    """How the two stand to each other."""

    SAME = "same"
    NEW = "new"  # the register says nothing yet
    DIFFERENT = "different"
    EMPTY = "empty"  # the form says nothing
    UNREAD = "unread"  # the form says something the register has no value for: kept as text only


@dataclass(frozen=True)
class Difference:
    """One element of a preview. `proposed`: taken unless the clerk says otherwise (what is new; never what overwrites)."""

    element: str
    label: str
    ours: str
    theirs: str
    how: How

    @property
    def proposed(self) -> bool:
        return self.how is How.NEW

    @property
    def may_be_taken(self) -> bool:
        return self.how in (How.NEW, How.DIFFERENT)


def differences(cadre: Register, form: Form, *, family: Sequence[Mapping[str, str]], resume: Sequence[Line]) -> list[Difference]:
    """Element by element; the birth month is compared and never taken: it follows the ID number."""
    found = [_compared(each, getattr(cadre, each.field), form.text(each.element)) for each in MAPPED]
    found.insert(2, _birth(cadre, form))
    found.append(_set(FAMILY, [_person(item) for item in family], [_person(item) for item in form.family]))
    ours, theirs = ([_spoken(line) for line in lines if not line.inside] for lines in (resume, read_resume(form.text(RESUME))))
    found.append(_set(RESUME, ours, theirs))
    return found


def _compared(each: Mapped, ours: str, said: str) -> Difference:
    theirs = each.read(said)
    if not said.strip():
        how = How.EMPTY if ours else How.SAME
    elif theirs is None or (theirs == "" and said.strip()):
        how = How.UNREAD
    elif theirs == ours:
        how = How.SAME
    else:
        how = How.DIFFERENT if ours else How.NEW
    return Difference(each.element, LABELS[each.element], each.write(ours) if ours else "", said.strip(), how)


def _birth(cadre: Register, form: Form) -> Difference:
    element, ours = "ChuShengNianYue", f"{cadre.birth_date:%Y%m}"
    said = form.text(element)
    how = How.EMPTY if not said else How.SAME if month_of(said) == ours else How.UNREAD
    return Difference(element, LABELS[element], ours, said, how)


def _set(element: str, ours: Sequence[str], theirs: Sequence[str]) -> Difference:
    how = How.SAME if list(ours) == list(theirs) else How.EMPTY if not theirs else How.NEW if not ours else How.DIFFERENT
    return Difference(element, LABELS[element], "\n".join(ours), "\n".join(theirs), how)


def _person(item: Mapping[str, str]) -> str:
    return " ".join(
        filter(None, (item.get(k, "") for k in ("ChengWei", "XingMing", "ChuShengRiQi", "ZhengZhiMianMao", "GongZuoDanWeiJiZhiWu")))
    )


def _spoken(line: Line) -> str:
    return write_line(line.start, line.end, line.text)


def values_taken(form: Form, elements: Sequence[str]) -> dict[str, str]:
    """Register columns and their new values for the elements a clerk takes."""
    found = {}
    for each in MAPPED:
        if each.element in elements:
            value = each.read(form.text(each.element))
            if value:
                found[each.field] = value
    return found


@dataclass(frozen=True)
class Known:
    """What the register knows of a cadre beside the row itself."""

    family: Sequence[Mapping[str, str]] = ()
    resume: Sequence[Line] = ()
    postings: Sequence[tuple[str, str, str, str]] = ()  # start, end (yyyyMM), host, title
    grades: Sequence[tuple[int, int]] = ()  # year, level
    awards: Sequence[str] = ()


def form_of(cadre: Register, kept: Form | None, known: Known, *, id_number: str = "") -> Form:
    """The form that goes out: texts as they came in, the register's value where the two differ, nothing invented.

    Grades and awards are written from the register only where the form has none of its own.
    """
    texts = dict(kept.texts) if kept else {}
    for each in MAPPED:
        ours, said = getattr(cadre, each.field), texts.get(each.element, "")
        if ours and each.read(said) != ours:
            texts[each.element] = each.write(ours)
    if month_of(texts.get("ChuShengNianYue", "")) == "":
        texts["ChuShengNianYue"] = f"{cadre.birth_date:%Y%m}"
    resume = texts.get(RESUME, "") or "\n".join(_spoken(line) for line in known.resume if not line.inside)
    texts[RESUME] = with_postings(resume, known.postings)
    if not texts.get("NianDuKaoHeJieGuo"):
        texts["NianDuKaoHeJieGuo"] = "，".join(f"{year}年{GRADES[level]}" for year, level in sorted(known.grades)[-3:])
    if not texts.get("JiangChengQingKuang"):
        texts["JiangChengQingKuang"] = "；".join(known.awards)
    if id_number:
        texts["ShenFenZheng"] = id_number
    family = _family(kept.family if kept else (), known.family)
    return Form(texts, family, kept.photo if kept else b"", kept.bom if kept else False, kept.name if kept else "")


def _family(kept: Sequence[Mapping[str, str]], ours: Sequence[Mapping[str, str]]) -> tuple[Mapping[str, str], ...]:
    """The register's members, each with whatever else its item said in the file."""
    whole = {_person(item): item for item in kept}
    return tuple(whole.get(_person(item), item) for item in ours) if ours else tuple(kept)
