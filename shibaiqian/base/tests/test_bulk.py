import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import DataError, connection

from shibaiqian.base.bulk import array_text, in_one_message, insert_rows

AWKWARD = ["", "NULL", "null", None, "a,b", "{x}", '"quoted"', "back\\slash", "行\n二", "%s", "'; drop table x; --", " 空 "]


@pytest.fixture
def table(db: None) -> str:
    with connection.cursor() as cursor:
        cursor.execute("create temporary table bulk_try (id uuid, words text, at timestamptz, day date, sealed bytea, event bigint)")
    return "bulk_try"


def rows_of(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"select id, words, at, day, sealed, event from {table} order by id")
        return [(*row[:4], bytes(row[4]) if row[4] is not None else None, row[5]) for row in cursor.fetchall()]


TYPES = {"id": "uuid", "words": "text", "at": "timestamptz", "day": "date", "sealed": "bytea"}
NOW = dt.datetime(2016, 6, 8, 9, 30, 1, 5, tzinfo=dt.UTC)


def test_rows_come_back_as_they_were_sent(table: str) -> None:
    sent = [(uuid.UUID(int=n), words, NOW, NOW.date(), bytes(range(256)) if n % 2 else None) for n, words in enumerate(AWKWARD)]
    insert_rows(table, sent, TYPES, also={"event": 7})
    assert rows_of(table) == [(*row, 7) for row in sent]


def test_inserts_of_one_message_stand_after_it_and_not_before(table: str) -> None:
    with in_one_message():
        for n in range(2):
            insert_rows(table, [(uuid.UUID(int=n), "x", NOW, NOW.date(), b"")], TYPES)
        assert rows_of(table) == []
    assert len(rows_of(table)) == 2


def test_a_message_that_is_broken_off_sends_nothing(table: str) -> None:
    with pytest.raises(RuntimeError), in_one_message():
        insert_rows(table, [(uuid.UUID(int=1), "x", NOW, NOW.date(), b"")], TYPES)
        raise RuntimeError
    assert rows_of(table) == []


def test_what_no_text_can_hold_is_refused(table: str) -> None:
    with pytest.raises(DataError):
        insert_rows(table, [(uuid.UUID(int=1), "a\0b", NOW, NOW.date(), b"")], TYPES)


def test_arrays_within_arrays_are_quoted_once_more() -> None:
    assert array_text([array_text([uuid.UUID(int=1)])]) == '{"{00000000-0000-0000-0000-000000000001}"}'
