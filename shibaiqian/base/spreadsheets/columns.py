"""What a roster's column is: declared once, used by import, export and the handbook."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import polars as pl


class ColumnKind(StrEnum):
    """How a column's cells are understood; the dtype of the parsed column stands behind each."""

    TEXT = "text"  # String, stripped; spaces inside short Chinese names are dropped
    ID_NUMBER = "id_number"  # String, 18 characters of GB 11643, checked
    CODE = "code"  # String: digits, letters and - _ . / # without spaces
    DATE = "date"  # Date; a month without a day becomes its first day, with a note
    MONTH = "month"  # Date, the first day of the month
    MOMENT = "moment"  # Datetime to the minute, as a clock on the wall in Shanghai shows it
    INTEGER = "integer"  # Int64
    DECIMAL = "decimal"  # Float64, rounded to two decimals
    MONEY = "money"  # yuan in the file, Int64 cents in the frame
    BOOLEAN = "boolean"  # Boolean
    CHOICE = "choice"  # the code of a label
    CHOICES = "choices"  # String: codes joined by "|", in the order of the cell


_DTYPES: dict[ColumnKind, pl.DataType] = {
    ColumnKind.DATE: pl.Date(),
    ColumnKind.MONTH: pl.Date(),
    ColumnKind.MOMENT: pl.Datetime("us"),
    ColumnKind.INTEGER: pl.Int64(),
    ColumnKind.DECIMAL: pl.Float64(),
    ColumnKind.MONEY: pl.Int64(),
    ColumnKind.BOOLEAN: pl.Boolean(),
}


# Characters of a name, a number, a place: with its pinyin it still fits an index. Sentences say a limit of their own.
LONGEST = 200


@dataclass(frozen=True)
class Column:
    """One column of a roster.

    `name` is the frame's column, `header` the words in the file, `aliases` other headers taken for it. `choices` maps
    label to
    code (all codes of one type); the first label of a code is the one written. `help` is for the blank form. `longest` is how
    many characters a text or code may have.
    """

    name: str
    header: str
    kind: ColumnKind = ColumnKind.TEXT
    required: bool = False
    choices: Mapping[str, Any] | None = None
    aliases: tuple[str, ...] = ()
    help: str = ""
    longest: int = LONGEST

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", ColumnKind(self.kind))
        object.__setattr__(self, "aliases", tuple(self.aliases))
        if self.choices is not None:
            object.__setattr__(self, "choices", {str(label): _plain(code) for label, code in self.choices.items()})
        if self.kind in (ColumnKind.CHOICE, ColumnKind.CHOICES) and not self.choices:
            raise ValueError(f"column {self.name} needs choices")

    @property
    def dtype(self) -> pl.DataType:
        """The dtype of the parsed column."""
        if self.kind is ColumnKind.CHOICE and self.choices:
            return pl.Series(list(self.choices.values())).dtype
        return _DTYPES.get(self.kind, pl.String())

    @property
    def labels(self) -> dict[Any, str]:
        """Code to label, the first label of each code."""
        return {code: label for label, code in list((self.choices or {}).items())[::-1]}

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "header": self.header,
            "kind": self.kind.value,
            "required": self.required,
            "choices": list(map(list, self.choices.items())) if self.choices else None,
            "aliases": list(self.aliases),
            "help": self.help,
            "longest": self.longest,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Column":
        return cls(**{**said, "choices": dict(said["choices"]) if said["choices"] else None})


def _plain(code: Any) -> Any:
    """A member of an enumeration becomes its plain value."""
    for plain in (bool, int, str):
        if isinstance(code, plain):
            return plain(code) if plain is not str else str.__str__(getattr(code, "value", code))
    raise TypeError(f"a code is a text, a number or a truth value, not {type(code).__name__}")


@dataclass(frozen=True)
class Sheet:
    """A kind of roster: its title and its columns, in the order they are written."""

    title: str
    columns: tuple[Column, ...] = field(default_factory=tuple)
