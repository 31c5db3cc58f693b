"""What was seen in a file: refusals and notes, each with its place and its mend."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

STORED_AT_MOST = 2_000
STORED_PER_KIND = 200  # one bad column must not hide the others
VALUE_AT_MOST = 40


class Severity(StrEnum):
    REFUSE = "refuse"
    NOTE = "note"


def shown(value: str) -> str:
    """A cell's text as it may be shown: shortened, a possible ID number masked (first six, last four)."""
    text = " ".join(value.split())
    if len(text) >= 15 and sum(character.isdecimal() for character in text) >= 14:
        return f"{text[:6]}{'*' * min(max(len(text) - 10, 4), VALUE_AT_MOST - 10)}{text[-4:]}"
    return text if len(text) <= VALUE_AT_MOST else f"{text[:VALUE_AT_MOST]}…"


@dataclass(frozen=True)
class Finding:
    """One thing seen. `row` is the row number Excel shows, `column` the header; both None when the whole sheet is
    meant."""

    severity: str
    message: str
    sheet: str = ""
    row: int | None = None
    column: str | None = None
    code: str = ""
    mend: str = ""
    value: str = ""

    @property
    def where(self) -> str:
        """工作表“名册”第 5 行“姓名”列"""
        return (
            (f"工作表“{self.sheet}”" if self.sheet else "")
            + (f"第 {self.row} 行" if self.row is not None else "")
            + (f"“{self.column}”列" if self.column else "")
        )

    def __str__(self) -> str:
        return f"{self.where}：{self.message}{self.mend}" if self.where else f"{self.message}{self.mend}"


class Findings:
    """Findings in the order they came. Every one is counted; details are kept up to a cap, refusals before notes."""

    def __init__(self, *, cap: int = STORED_AT_MOST, per_kind: int = STORED_PER_KIND) -> None:
        self.cap, self.per_kind = cap, per_kind
        self.counts: Counter[tuple[str, str, str]] = Counter()  # (severity, code, column)
        self._kept: dict[str, list[Finding]] = {Severity.REFUSE: [], Severity.NOTE: []}
        self._whole = 0

    def add(self, finding: Finding, *, times: int = 1) -> None:
        """Count a finding `times`; keep its details where there is room."""
        key = (str(finding.severity), finding.code, finding.column or "")
        seen = self.counts[key]
        self.counts[key] += times
        kept = self._kept[finding.severity]
        if finding.severity == Severity.REFUSE and finding.row is None:
            self._whole += 1
        if seen < self.per_kind and len(kept) < self.cap:
            kept.append(finding)

    def refuse(self, *, message: str, **place: Any) -> None:
        """A refusal; keywords as the fields of `Finding`. `value` is masked and shortened here."""
        self._say(Severity.REFUSE, message, place)

    def note(self, *, message: str, **place: Any) -> None:
        """A note; keywords as the fields of `Finding`."""
        self._say(Severity.NOTE, message, place)

    def _say(self, severity: Severity, message: str, place: dict[str, Any]) -> None:
        value = place.pop("value", "") or ""
        self.add(Finding(severity=severity.value, message=message, value=shown(str(value)), **place))

    def count_more(self, severity: str, code: str, column: str, times: int) -> None:
        """Count occurrences whose details are not kept."""
        if times > 0:
            self.counts[(str(severity), code, column)] += times

    def room(self, severity: str, code: str, column: str) -> int:
        """How many details of this kind would still be kept."""
        return max(self.per_kind - self.counts[(str(severity), code, column)], 0)

    @property
    def has_refusals(self) -> bool:
        return self.refused_count > 0

    @property
    def has_file_refusal(self) -> bool:
        """A refusal of the sheet as a whole (a missing column): its rows say nothing reliable."""
        return self._whole > 0

    @property
    def refused_count(self) -> int:
        return self._count(Severity.REFUSE)

    @property
    def note_count(self) -> int:
        return self._count(Severity.NOTE)

    def _count(self, severity: Severity) -> int:
        return sum(times for (what, _, _), times in self.counts.items() if what == severity)

    def refusals(self) -> list[Finding]:
        """The kept refusals."""
        return list(self._kept[Severity.REFUSE])

    def notes(self) -> list[Finding]:
        """The kept notes."""
        return list(self._kept[Severity.NOTE])

    def stored(self, limit: int | None = None) -> list[Finding]:
        """Kept details, refusals first; whole-sheet findings before rows, rows in order."""
        ordered = [
            finding
            for severity in (Severity.REFUSE, Severity.NOTE)
            for finding in sorted(self._kept[severity], key=lambda f: -1 if f.row is None else f.row)
        ]
        return ordered[:limit]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.stored())

    def __len__(self) -> int:
        """How many there were, kept or not."""
        return self.refused_count + self.note_count

    def merged_with(self, other: "Findings") -> "Findings":
        """A new collection: these, then the other's."""
        merged = Findings(cap=self.cap, per_kind=self.per_kind)
        for source in (self, other):
            merged.counts.update(source.counts)
            merged._whole += source._whole
            for severity, kept in source._kept.items():
                merged._kept[severity] = (merged._kept[severity] + kept)[: self.cap]
        return merged

    def to_json(self) -> dict[str, Any]:
        return {
            "counts": [[*key, times] for key, times in self.counts.items()],
            "kept": [asdict(finding) for finding in self.stored()],
            "whole": self._whole,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Findings":
        findings = cls()
        findings.counts.update({(severity, code, column): times for severity, code, column, times in said["counts"]})
        findings._whole = int(said["whole"])
        kept: Iterable[Mapping[str, Any]] = said["kept"]
        for finding in kept:
            findings._kept[finding["severity"]].append(Finding(**finding))
        return findings
