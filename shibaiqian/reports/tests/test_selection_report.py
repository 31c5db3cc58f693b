"""选派情况统计表: every number is the number of the rows it opens; as of a day; frozen as it was; nobody else's."""

import datetime as dt
import io
from typing import Any
from urllib.parse import parse_qsl

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.audit.record import next_event_id
from shibaiqian.base import clock
from shibaiqian.documents.gongwen import texts
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region
from shibaiqian.reports.actions import NotYet, issue_report
from shibaiqian.reports.bulletins import SnapshotChanged, refuse_changed
from shibaiqian.reports.models import Snapshot
from shibaiqian.reports.selection import COUNTS, SPLITS, Asked, chosen, people, selection_report
from shibaiqian.reports.sheets import document, workbook
from shibaiqian.reports.tables import Report, from_frozen, to_frozen
from shibaiqian.selection.batches import amend_quota
from shibaiqian.selection.models import Batch, GateReview, Nomination
from shibaiqian.selection.tests.factories import villages
from shibaiqian.selection.tests.matched import APPOINTED, CITY, LUONAN, appointed, copies, matched, place, world

pytestmark = pytest.mark.django_db
DANFENG, LATER = "611022", dt.date(2015, 12, 31)


@pytest.fixture
def clerk(actor: Any) -> Actor:
    found: Actor = actor("county_org_admin", LUONAN, name="县委组织部干事")
    return found


@pytest.fixture
def selected(actor: Any, clerk: Actor) -> list[Nomination]:
    """Two appointed to villages, a third matched who lacks a gate; places for 400."""
    world(actor)
    hosts = villages(3)
    rows = matched(actor, *hosts[:2])
    appointed(rows, by=clerk)
    return [*rows, *matched(actor, hosts[2], serials=(7,), without=("ability",))]


def made(actor: Actor, region: str = LUONAN, *, as_of: dt.date = LATER, batch: Batch | None = None) -> Report:
    with acting(actor):
        return selection_report(actor, Asked(region, as_of, batch))


def test_a_county_reads_quota_nominated_passed_appointed_and_vacant_by_tier(selected: list[Nomination], clerk: Actor) -> None:
    first = made(clerk).sections[0]
    assert first.groups == (("县区", 1), ("县级", 5), ("镇级", 5), ("村级", 5))
    assert first.rows == (
        ("洛南县", 0, 0, 0, 0, 0, 9, 0, 0, 0, 9, 400, 3, 2, 2, 398),
        ("合计", 0, 0, 0, 0, 0, 9, 0, 0, 0, 9, 400, 3, 2, 2, 398),
    )


def test_every_number_is_the_number_of_rows_it_opens(selected: list[Nomination], actor: Any) -> None:
    city = actor("city_org_admin", CITY)
    report, asked = made(city, CITY), Asked(CITY, LATER)
    with acting(city):
        frame = people(city, asked)
    opened = 0
    for section in report.sections:
        for (row, column), query in section.links.items():
            said = {k: v for k, v in parse_qsl(query) if k in ("county", "tier", "count", "split", "value")}
            assert chosen(frame, **said).height == section.rows[row][column], (section.title, query)
            opened += 1
    assert opened > 30


def test_who_they_are_adds_up_to_how_many(selected: list[Nomination], clerk: Actor) -> None:
    report = made(clerk)
    for section in report.sections[1:]:
        if section.title != "按专长":
            assert section.rows[-1] == ("合计", 3, 2, 2, 2), section.title
    by_sex = next(section for section in report.sections if section.title == "按性别")
    assert by_sex.rows[:2] == (("男", 2, 1, 1, 1), ("女", 1, 1, 1, 1))
    assert {section.title for section in report.sections[1:]} == {f"按{title}" for title in SPLITS.values()}


def test_the_day_decides(selected: list[Nomination], clerk: Actor) -> None:
    before = made(clerk, as_of=APPOINTED - dt.timedelta(days=1))
    assert before.sections[0].rows[-1][11:] == (400, 3, 2, 0, 400)
    Posting.unscoped.filter(cadre_name="王朝辉").update(ended_on=dt.date(2015, 11, 30), state="ended")
    assert made(clerk, as_of=dt.date(2015, 11, 29)).sections[0].rows[-1][11:] == (400, 3, 2, 2, 398)
    assert made(clerk).sections[0].rows[-1][11:] == (400, 3, 2, 2, 399)


def test_a_batch_is_counted_alone(selected: list[Nomination], clerk: Actor) -> None:
    batch = Batch.objects.get()
    assert made(clerk, batch=batch).sections[0].rows == made(clerk).sections[0].rows
    Posting.unscoped.update(batch="另一批")
    Nomination.unscoped.update(batch=None)
    assert made(clerk, batch=batch).sections[0].rows[-1][11:] == (400, 0, 0, 0, 400)


def test_an_official_who_came_with_a_roster_is_told_apart_by_the_register(selected: list[Nomination], clerk: Actor) -> None:
    Nomination.unscoped.update(posting=None, voided_by=1)
    report = made(clerk)
    by_rank = next(section for section in report.sections if section.title == "按职务层次")
    assert by_rank.rows == (("乡科级副职", 0, 0, 2, 2), ("合计", 0, 0, 2, 2))


def test_what_was_reported_stays_what_it_was(selected: list[Nomination], clerk: Actor) -> None:
    first = issue_report(place(), code="selection", as_of=LATER, by=clerk)
    Posting.unscoped.update(ended_on=dt.date(2015, 8, 1), state="ended")
    second = issue_report(place(), code="selection", as_of=LATER, by=clerk)
    assert (first.number, second.number) == (1, 2) and first.data_sha256 != second.data_sha256
    kept = from_frozen(Snapshot.unscoped.get(pk=first.pk).data)
    assert kept.sections[0].rows[-1][11:] == (400, 3, 2, 2, 398)
    assert kept.criteria == "范围：洛南县，全部批次　截至：2015-12-31　填报：县委组织部干事"
    Snapshot.unscoped.filter(pk=first.pk).update(data=to_frozen(from_frozen(second.data)))
    with pytest.raises(SnapshotChanged):
        refuse_changed(Snapshot.unscoped.get(pk=first.pk))


def test_the_sheet_has_the_headers_of_the_paper_form(selected: list[Nomination], clerk: Actor) -> None:
    report = made(clerk)
    book = openpyxl.load_workbook(io.BytesIO(workbook(report, watermark="测试人员 2016-06-08 导出")))
    assert book.sheetnames == [section.title for section in report.sections]
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "挂职干部选派情况统计表（各县区选派情况）" and "截至：2015-12-31" in str(rows[1][0])
    assert [value for value in rows[2] if value] == ["县区", "县级", "镇级", "村级"] and rows[3][11:16] == (
        "名额",
        "推荐",
        "通过",
        "任命",
        "空缺",
    )
    assert rows[4][11:16] == (400, 3, 2, 2, 398)
    assert "A3:A4" in {str(merged) for merged in sheet.merged_cells.ranges}
    said = "".join(texts(document(report, demonstration=True)))
    assert "范围：洛南县，全部批次" in said and "按派出单位类别" in said


def test_as_many_questions_for_one_as_for_three(selected: list[Nomination], clerk: Actor, django_assert_num_queries: Any) -> None:
    with acting(clerk), django_assert_num_queries(6):
        selection_report(clerk, Asked(LUONAN, LATER))
    Nomination.unscoped.filter(pk__in=[row.pk for row in selected[1:]]).update(voided_by=1)
    Posting.unscoped.exclude(cadre_name=selected[0].cadre_name).update(voided_by=1)
    with acting(clerk), django_assert_num_queries(6):
        selection_report(clerk, Asked(LUONAN, LATER))


def test_an_outsider_counts_nobody_and_freezes_nothing(selected: list[Nomination], actor: Any) -> None:
    stranger = actor("county_org_admin", DANFENG)
    report = made(stranger, LUONAN)
    assert all(value == 0 for section in report.sections[:1] for row in section.rows for value in (*row[2:6], *row[12:15]))
    with pytest.raises(NotVisible):
        issue_report(Region.objects.get(pk=LUONAN), code="selection", as_of=LATER, by=stranger)
    with pytest.raises(Forbidden):
        issue_report(place(), code="selection", as_of=LATER, by=actor("city_leader", CITY))
    with pytest.raises(NotYet):
        issue_report(place(), code="selection", as_of=dt.date(2030, 1, 1), by=actor("county_org_admin", LUONAN))
    assert not Snapshot.unscoped.exists() and set(COUNTS) == {"nominated", "passed", "appointed", "serving"}


# --- days gone by -----------------------------------------------------------------------------------------------------


def test_a_quota_is_counted_as_it_held_on_the_day(selected: list[Nomination], actor: Any, clerk: Actor) -> None:
    batch, tier = Batch.objects.get(), selected[0].tier
    by, here = actor("city_org_admin", CITY), place(LUONAN)
    for count, day in ((410, dt.date(2015, 9, 1)), (420, dt.date(2015, 11, 1))):
        amend_quota(batch, tier=tier, place=here, count=count, plan_number="商组发〔2015〕40号", on=day, by=by)
    for day, count in ((dt.date(2015, 8, 31), 400), (dt.date(2015, 9, 1), 410), (dt.date(2015, 10, 31), 410), (LATER, 420)):
        assert made(clerk, as_of=day).sections[0].rows[0][11] == count, day
        assert made(clerk, as_of=day, batch=batch).sections[0].rows[0][11] == count, day


def test_a_pass_counts_until_a_later_review_took_its_place_and_not_when_it_was_undone(selected: list[Nomination], clerk: Actor) -> None:
    row, late = selected[0], next_event_id()
    old = GateReview.unscoped.get(nomination=row, gate="ability")
    GateReview.unscoped.filter(pk=old.pk).update(voided_by=late)
    assert made(clerk, as_of=LATER).sections[0].rows[0][13] == 1  # voided by nothing that replaced it
    GateReview.unscoped.create(
        nomination=row, region_id=old.region_id, home_region=old.home_region, gate="ability", result="more_info", reviewer="赵审查",
        reviewer_unit="县委组织部", reviewed_on=dt.date(2015, 10, 1), valid_until=dt.date(2016, 4, 1), event=late,
    )  # fmt: skip
    assert made(clerk, as_of=dt.date(2015, 9, 30)).sections[0].rows[0][13] == 2
    assert made(clerk, as_of=LATER).sections[0].rows[0][13] == 1


def test_a_report_of_an_earlier_day_says_in_words_what_nobody_kept(selected: list[Nomination], actor: Any, clerk: Actor) -> None:
    past, now = made(clerk, as_of=LATER), made(clerk, as_of=clock.today())
    assert "系统没有当时的归属" in past.sections[0].note and "系统没有当时的归属" not in now.sections[0].note
    assert not any("按现在登记的" in section.note for section in past.sections)
    Posting.unscoped.filter(cadre=selected[0].cadre).update(number="G-0001")
    Nomination.unscoped.filter(pk=selected[0].pk).update(posting=None, voided_by=1)  # as if it had come with a roster
    notes = {section.title: section.note for section in made(clerk, as_of=LATER).sections}
    assert "按现在登记的专长" in notes["按专长"] and "按现在登记的职务" in notes["按职务层次"] and notes["按性别"] == notes["按年龄"] == ""
    assert not any("按现在登记的" in section.note for section in made(clerk, as_of=clock.today()).sections)


def test_the_whole_city_is_read_with_the_queries_of_one_county(selected: list[Nomination], actor: Any) -> None:
    city = actor("city_org_admin", CITY)
    hosts = list(Region.objects.filter(level="village", valid_to__isnull=True).order_by("-code").values_list("code", flat=True)[:1300])
    asked = []
    for more in (0, 1300):
        copies(selected[2], hosts[:more])
        with CaptureQueriesContext(connection) as seen:
            report = made(city, CITY)
        asked.append(len(seen))
        assert sum(row[12] for row in report.sections[0].rows[:-1]) == 3 + more
    assert asked[0] == asked[1]
