"""工作日志抽查表: the drawn logs on paper with the seed and room for the pen; above the town only who drew and read."""

import datetime as dt
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.assistance.tests.factories import LUONAN, villages
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.documents.word import render_docx
from shibaiqian.fieldwork.actions import correct_item, draw_sample, read_log
from shibaiqian.fieldwork.models import LogReading, LogSample, WorkLogItem
from shibaiqian.fieldwork.tests.duty import MAY, People
from shibaiqian.fieldwork.tests.test_clues import own
from shibaiqian.regions.models import Region
from shibaiqian.reports.samples import LOGS, sample_report
from shibaiqian.reports.sheets import document, workbook
from shibaiqian.reports.tables import from_frozen, to_frozen

pytestmark = pytest.mark.django_db
END = dt.date(2016, 5, 31)


@pytest.fixture
def people(actor: Any) -> People:
    made = own(People(actor, villages(LUONAN)[0]))
    made.wrote(*[dt.date(2016, 5, n) for n in range(3, 13)])
    draw_sample(Region.objects.get(pk=made.village.code[:9]), month=MAY, count=3, by=made.town)
    return made


def test_the_town_gets_the_drawn_logs_with_the_seed_and_empty_room_for_the_pen(people: People) -> None:
    reading = LogReading.unscoped.order_by("log__on").first()
    assert reading is not None
    read_log(reading, remark="后来怎么样了？", by=people.town)
    with acting(people.town):
        report = sample_report(people.town, people.village.code[:9], END)
    (section,) = report.sections
    sample = LogSample.unscoped.get()
    assert len(section.rows) == 3 and all(len(row) == len(LOGS) for row in section.rows)
    assert sample.seed in section.note and str(sample.drawn_on) in section.note and sample.drawn_by in section.note
    assert all(row[4] == "" for row in section.rows)
    assert {row[5] for row in section.rows} == {"", "后来怎么样了？"}
    assert report.title == "工作日志抽查表（2016年5月）"


def test_it_is_printed_as_pdf_and_word_and_kept_as_a_table(people: People) -> None:
    with acting(people.town):
        report = sample_report(people.town, people.village.code[:9], END)
    paper = document(report, demonstration=True)
    assert render_pdf(paper).content.startswith(b"%PDF") and render_docx(paper).startswith(b"PK")
    sheet = load_workbook(io.BytesIO(workbook(report, watermark="某人"))).active
    assert [cell.value for cell in sheet[3]] == list(LOGS)
    assert from_frozen(to_frozen(report)) == report


def test_what_was_corrected_is_printed_as_it_is_now(people: People) -> None:
    for item in WorkLogItem.unscoped.all():
        correct_item(item, content="更正后的话", by=people.official)
    with acting(people.town):
        (section,) = sample_report(people.town, people.village.code[:9], END).sections
    assert {row[3] for row in section.rows} == {"会议：更正后的话"}


def test_the_county_reads_which_towns_drew_and_not_what_was_written(people: People) -> None:
    with acting(people.county):
        (section,) = sample_report(people.county, LUONAN, END).sections
    ((place, *_more, out_of, drawn, read),) = section.rows
    assert (place, out_of, drawn, read) == (Region.objects.get(pk=people.village.code[:9]).name, 10, 3, 0)
    with acting(people.stranger):
        assert sample_report(people.stranger, people.village.code[:9], END).sections[0].rows == ()
    with acting(people.official), pytest.raises(Forbidden):
        sample_report(people.official, people.village.code[:9], END)
