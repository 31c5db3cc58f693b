"""Sets of rows as commands take them: a roster, or the one row of a form."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from shibaiqian.access.command import Refused
from shibaiqian.base import crypto
from shibaiqian.base.spreadsheets.findings import Finding, Findings


@dataclass(frozen=True)
class Rows:
    """Rows for one command. `frame` has the columns of the roster by their names, typed, and `row`, the row in the sheet.

    A form sends one row with `sheet=""`; its findings then name the field and not the row.
    """

    frame: pl.DataFrame
    sheet: str = ""
    file_sha256: str = ""

    def audit_digest(self) -> dict[str, Any]:
        """What the audit keeps instead of the rows: the file's digest, or for the row of a form its own."""
        digest = self.file_sha256 or crypto.blind(self.frame.write_csv()).hex()  # keyed: a plain hash of one row could be guessed
        return {"rows": self.frame.height, "sheet": self.sheet, "digest": digest}

    @classmethod
    def of_form(cls, **values: Any) -> "Rows":
        return cls(pl.DataFrame({"row": [1], **{key: [value] for key, value in values.items()}}))


@dataclass(frozen=True)
class Prepared:
    """Rows resolved against the database (places, units, persons as keys), and what was found on the way."""

    frame: pl.DataFrame
    findings: Findings
    extra: dict[str, Any] = field(default_factory=dict)

    def or_refuse(self) -> "Prepared":
        """All or nothing: any row that cannot be taken refuses the whole set."""
        if self.findings.has_refusals:
            raise RowsRefused(self.findings)
        return self


@dataclass(frozen=True)
class Written:
    """What a set command did."""

    count: int
    regions: Sequence[str] = ()
    # What the person who did it should know besides: a quota that is over, a village that is left uncovered.
    notes: Sequence[str] = ()


class RowsRefused(Refused):
    """Some rows cannot be taken; nothing was written."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        first: Finding | None = next(iter(findings.refusals()), None)
        super().__init__(first.message if first else "有数据不能接收")
