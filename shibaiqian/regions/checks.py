"""Checks of all rows of a roster at once: a condition on columns, and what is said of each row that meets it."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from shibaiqian.base.spreadsheets.columns import Column
from shibaiqian.base.spreadsheets.findings import Findings, Severity


@dataclass(frozen=True)
class Checks:
    """What is said of rows goes into `findings`, by the row's number in the sheet and the column's header."""

    findings: Findings
    sheet: str = ""

    def refuse(
        self,
        frame: pl.DataFrame,
        where: pl.Expr,
        *,
        column: str,
        code: str,
        message: str | pl.Expr,
        mend: str | pl.Expr,
        value: pl.Expr | None = None,
    ) -> None:
        """Refuse every row that meets the condition; an unknown condition does not refuse."""
        self._say(Severity.REFUSE, frame, where, column=column, code=code, message=message, mend=mend, value=value)

    def note(
        self,
        frame: pl.DataFrame,
        where: pl.Expr,
        *,
        column: str,
        code: str,
        message: str | pl.Expr,
        value: pl.Expr | None = None,
    ) -> None:
        """Take the row and say what was noticed."""
        self._say(Severity.NOTE, frame, where, column=column, code=code, message=message, mend="", value=value)

    def refuse_missing(self, frame: pl.DataFrame, columns: Iterable[Column]) -> None:
        """Refuse what a form left empty and must not; of files the reader said it already."""
        if self.sheet:
            return
        for column in columns:
            empty = pl.col(column.name).is_null() | (pl.col(column.name).cast(pl.String).str.strip_chars() == "")
            if column.required:
                self.refuse(
                    frame, empty, column=column.header, code="missing",
                    message=f"没有填写{column.header}。", mend=f"请填写{column.header}。",
                )  # fmt: skip

    def refuse_repeated(self, frame: pl.DataFrame, key: str, *, column: str, code: str, message: str, mend: str) -> None:
        """Refuse rows whose key stands in an earlier row; `{}` in the message is that row's number."""
        repeated = pl.col(key).is_not_null() & ~pl.col(key).is_first_distinct()
        first = pl.col("row").first().over(key)
        self.refuse(frame, repeated, column=column, code=code, message=pl.format(message, first), mend=mend)

    def _say(
        self,
        severity: Severity,
        frame: pl.DataFrame,
        where: pl.Expr,
        *,
        column: str,
        code: str,
        message: str | pl.Expr,
        mend: str | pl.Expr,
        value: pl.Expr | None,
    ) -> None:
        hit = frame.select(where.fill_null(value=False).alias("_hit")).to_series()
        if not hit.any():
            return
        shown = pl.lit("") if value is None else value.cast(pl.String).fill_null("")
        # Said of the whole column first: "the first row with this key" looks beyond the rows that are meant.
        said = [_text(message).alias("message"), _text(mend).alias("mend"), shown.alias("value")]
        marked = frame.select("row", *said).filter(hit)
        room = self.findings.room(severity, code, column)
        say = self.findings.refuse if severity is Severity.REFUSE else self.findings.note
        for found in marked.head(room).iter_rows(named=True):
            say(sheet=self.sheet, column=column, code=code, **found)
        self.findings.count_more(severity, code, column, marked.height - min(room, marked.height))


def completed(frame: pl.DataFrame, columns: Iterable[Column]) -> pl.DataFrame:
    """The frame with every column of the roster in its type: a form leaves out what it does not ask."""
    return frame.with_columns(
        pl.col(c.name).cast(c.dtype) if c.name in frame.columns else pl.lit(None, c.dtype).alias(c.name) for c in columns
    )


def _text(said: str | pl.Expr) -> pl.Expr:
    return pl.lit(said) if isinstance(said, str) else said
