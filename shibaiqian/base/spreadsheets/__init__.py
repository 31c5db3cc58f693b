"""Rosters as Excel files: what a column is, how a file is vetted, read, understood and written. No business words.

`columns` declares, `reading.read_roster` reads in a child process with limits, `writing.write_roster` writes,
`findings` says what
was seen. Words: a *note* is accepted and shown; a *refusal* keeps the file out; `FileRefused` means no table could be
had at all.
Invariants: nothing parses an untrusted file before `vetting` saw its bytes, nor in the caller's process; a cell that
cannot be
understood becomes null with a refusal that names sheet, row and column; what `write_roster` writes, `read_roster`
reads back equal.
"""

from shibaiqian.base.spreadsheets.columns import Column, ColumnKind, Sheet
from shibaiqian.base.spreadsheets.findings import Finding, Findings, Severity

__all__ = ["Column", "ColumnKind", "Finding", "Findings", "Severity", "Sheet"]
