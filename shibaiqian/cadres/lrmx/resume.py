"""The resume of a form (简历): lines “yyyy.MM--yyyy.MM  unit and post”, an open last line, continuations, brackets."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LINE = re.compile(r"^\s*(\d{4})[.．年](\d{1,2})月?\s*[-—–－~至]+\s*(?:(\d{4})[.．年](\d{1,2})月?|至今|今)?\s*(.*)$")
_POSTING = re.compile(r"挂任|挂职")
_STUDY = re.compile(r"学习|专业学生|学生$|大学.*专业|学院.*专业")
_BETWEEN = re.compile(r"（?其间[：:]\s*(\d{4})[.．](\d{1,2})\s*[-—–－]+\s*(?:(\d{4})[.．](\d{1,2}))?\s*([^；）]*)")
WIDTH = 18  # columns before the text


@dataclass(frozen=True)
class Line:
    """One line: months as yyyyMM (end empty: still), what was done, and whether it is work, study or a posting."""

    start: str
    end: str
    text: str
    kind: str = "work"
    inside: bool = False  # said in brackets within another (其间)


def read_resume(text: str) -> list[Line]:
    """The lines of a resume; what is no dated line continues the one before it."""
    found: list[list[str]] = []
    for raw in re.split(r"\r\n|\r|\n|<br\s*/?>", text):
        dated = _LINE.match(raw)
        if dated:
            start_year, start_month, end_year, end_month, said = dated.groups()
            end = f"{end_year}{int(end_month):02d}" if end_year else ""
            found.append([f"{start_year}{int(start_month):02d}", end, said.strip()])
        elif found and raw.strip():
            found[-1][2] += raw.strip()
    lines: list[Line] = []
    for start, end, said in found:
        lines.append(Line(start, end, said, _kind(re.sub(r"（其间.*", "", said))))
        lines += _inside(said)
    return lines


def _inside(text: str) -> Iterable[Line]:
    for year, month, end_year, end_month, said in _BETWEEN.findall(text):
        end = f"{end_year}{int(end_month):02d}" if end_year else ""
        yield Line(f"{year}{int(month):02d}", end, said.strip(), _kind(said), inside=True)


def _kind(text: str) -> str:
    return "posting" if _POSTING.search(text) else "study" if _STUDY.search(text) else "work"


def write_line(start: str, end: str, text: str) -> str:
    """“2015.08--2017.08  商南县…”; the open line has nine blanks after the dashes."""
    begun = f"{start[:4]}.{start[4:]}--"
    return (f"{begun}{end[:4]}.{end[4:]}" if end else begun).ljust(WIDTH) + text


def posting_note(start: str, end: str, host: str, title: str) -> str:
    """What a finished posting adds to the line of the original post: employment stayed where it was (公务员法)."""
    until = f"{end[:4]}.{end[4:]}" if end else ""
    return f"（其间：{start[:4]}.{start[4:]}--{until} 挂任{host}{title}）"


def with_postings(text: str, postings: Sequence[tuple[str, str, str, str]]) -> str:
    """The resume with a note for each posting (start, end, host, title) it does not mention yet, on the line that covers its start.

    Without such a line the posting is a line of its own.
    """
    lines = text.split("\n") if text else []
    for start, end, host, title in postings:
        if any(host in line and title in line and "挂" in line for line in lines):
            continue
        at = _covering(lines, start)
        note = posting_note(start, end, host, title)
        if at is None:  # nothing to put it in: a line of its own, which other software reads
            lines.append(write_line(start, end, f"挂任{host}{title}"))
        else:
            lines[at] += note
    return "\n".join(lines)


def _covering(lines: Sequence[str], month: str) -> int | None:
    """The last dated line that begins not after the month, where its continuation ends."""
    at = None
    for number, line in enumerate(lines):
        dated = _LINE.match(line)
        if (dated and f"{dated[1]}{int(dated[2]):02d}" <= month) or (not dated and at == number - 1 and line.strip()):
            at = number
    return at
