"""The burden meter: minutes and fields from the records by week, by who asks and by place; nobody's own; and the registry behind it."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.console.burden import meter
from shibaiqian.console.burden.forms import FORMS
from shibaiqian.console.burden.meter import Meter, generated, measure, weeks_over
from shibaiqian.console.burden.registry import Asker
from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, client, log, posting, sign_in, text, village_of
from shibaiqian.fieldwork.models import PracticalService, WorkLog
from shibaiqian.policy.actions import install_defaults
from shibaiqian.policy.models import PolicyParameter
from shibaiqian.postings.models import Posting

pytestmark = pytest.mark.django_db
LAST = dt.date(2016, 5, 30)  # the Monday of the last week that is over on 8 June 2016


@pytest.fixture
def quiet(world: World) -> World:
    """A world without what its households and services were already given."""
    install_defaults()
    WorkLog.unscoped.update(on=dt.date(2015, 1, 5))
    PracticalService.unscoped.update(on=dt.date(2015, 1, 5), confirmed_on=None)
    return world


def measured(actor: Any, role: str = "city_org_admin", region: str = "6110", of: str = "") -> Meter:
    by: Actor = actor(role, region)
    with acting(by):
        return measure(by, region=of or region)


def test_a_log_costs_what_the_parameters_say(quiet: World, actor: Any) -> None:
    log(quiet.posting, to=quiet.household, on=dt.date(2016, 6, 1), content="入户了解收入情况")
    of = measured(actor).share(form="log", week=LAST)
    # Opened once; category, household and place chosen; eight characters written.
    assert (of.load.forms, of.load.fields) == (1, 4)
    assert of.load.seconds == pytest.approx(10 + 3 * 3 + 8 * 0.7)
    assert of.official_weeks == Posting.unscoped.filter(ended_on=None).count() == 1
    assert (of.minutes, of.fields) == (0.4, 4.0)


def test_a_number_measured_anew_holds_from_its_day_on(quiet: World, actor: Any) -> None:
    for on in (dt.date(2016, 5, 25), dt.date(2016, 6, 1)):
        log(quiet.posting, to=quiet.household, on=on, content="走访")
    PolicyParameter.objects.create(key="burden_seconds_form", jurisdiction="6110", value=60, valid_from=LAST, source="实测", event=1)
    found = measured(actor)
    later, earlier = (found.share(form="log", week=week).load.seconds for week in (LAST, LAST - dt.timedelta(days=7)))
    assert later - earlier == pytest.approx(50)


def test_records_of_other_weeks_places_and_those_taken_back_do_not_count(quiet: World, actor: Any) -> None:
    log(quiet.posting, on=dt.date(2016, 6, 7))  # this week
    log(quiet.posting, on=LAST - dt.timedelta(days=7 * 8))  # before the eight weeks
    gone = log(quiet.posting, on=dt.date(2016, 6, 1))
    WorkLog.unscoped.filter(pk=gone.pk).update(voided_by=1)
    assert measured(actor).share(form="log").load.forms == 0
    log(quiet.posting, on=dt.date(2016, 6, 2))
    assert measured(actor).share(form="log").load.forms == 1
    assert measured(actor, "county_org_admin", OTHER_COUNTY).share().load.fields == 0


def test_the_load_is_split_by_who_asked_and_by_place_in_the_order_of_places(quiet: World, actor: Any) -> None:
    log(quiet.posting, on=dt.date(2016, 6, 1))
    there = village_of(OTHER_COUNTY)
    log(posting(there, sent_by=quiet.unit, name="另一人"), on=dt.date(2016, 6, 1))
    found = measured(actor)
    assert found.askers == [Asker.CITY]
    assert found.share(asker=Asker.CITY).load == found.share().load
    assert [code for code, *_of in found.places] == [COUNTY, OTHER_COUNTY]
    assert found.share(place=COUNTY).load.forms == found.share(place=OTHER_COUNTY).load.forms == 1


def test_a_place_with_few_officials_has_no_average_of_its_own(quiet: World, actor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    log(quiet.posting, on=dt.date(2016, 6, 1))
    assert [share for *_of, share in measured(actor).places] == [None]
    monkeypatch.setattr(meter, "FEWEST", 1)
    assert [share.load.forms for *_of, share in measured(actor).places if share] == [1]


def test_what_is_made_of_records_is_counted_by_kind(quiet: World, actor: Any) -> None:
    official = client("posted_cadre", quiet)
    page = f"/postings/{quiet.posting.pk}/months/2016-05/"
    official.post(page, {"do": "summary", "text": "水渠修完", "problems": ""})
    official.post(page, {"do": "submit_summary"})
    by = actor("city_leader", "6110")
    with acting(by):
        found = dict(generated(by, region="6110", weeks=[dt.date(2016, 6, 6)]))
    assert sum(found.values()) == 1


def test_forms_of_every_kind_are_counted_where_they_were_filled_in(quiet: World, actor: Any) -> None:
    """A plan of one thing of three characters, handed in today."""
    official, page = client("posted_cadre", quiet), f"/postings/{quiet.posting.pk}/months/2016-06/"
    official.post(
        page, {"do": "plan", "thing-TOTAL_FORMS": "1", "thing-INITIAL_FORMS": "0", "thing-0-text": "修水渠", "thing-0-serves": ""}
    )
    official.post(page, {"do": "submit_plan"})
    by = actor("city_org_admin", "6110")
    with acting(by):
        rows = list(meter._counted("6110", [dt.date(2016, 6, 6)], 6))
    assert sorted((code, forms, words, characters) for code, _day, _place, forms, _choices, words, characters in rows) == [
        ("plan", 0, 1, 3), ("plan", 1, 0, 0),
    ]  # fmt: skip


def test_the_weeks_are_those_that_are_over() -> None:
    assert weeks_over(2) == [LAST - dt.timedelta(days=7), LAST]


@pytest.mark.parametrize("role", ["city_org_admin", "city_leader", "county_org_admin"])
def test_the_page_says_who_asked_how_much_and_how_it_is_estimated(quiet: World, role: str) -> None:
    log(quiet.posting, to=quiet.household, on=dt.date(2016, 6, 1))
    said = text(sign_in(role, COUNTY if role.startswith("county") else "6110").get("/burden/"))
    assert "市委组织部" in said and "工作日志" in said and "估算" in said and "重复填报" in said
    assert quiet.posting.cadre_name not in said


def test_the_page_asks_as_often_at_one_official_as_at_three(quiet: World) -> None:
    browser = client("city_org_admin", quiet)
    browser.get("/burden/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/burden/")
    for number in (2, 3):
        there = posting(village_of(COUNTY, place=number), sent_by=quiet.unit, name=f"干部{number}")
        log(there, to=None, on=dt.date(2016, 6, 1))
    with CaptureQueriesContext(connection) as many:
        browser.get("/burden/")
    assert len(many) == len(few)


def test_the_table_is_taken_as_a_file(quiet: World) -> None:
    log(quiet.posting, on=dt.date(2016, 6, 1))
    answer = sign_in("city_org_admin", "6110").post("/burden/export/")
    *_heads, row = openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    assert (str(row[0])[:10], *row[1:6]) == (str(LAST), "市委组织部", "工作日志", 1, 1, 3)
    assert quiet.posting.cadre_name not in str([*_heads, row])


def test_the_registry_shows_every_form_with_owner_use_and_retention(quiet: World) -> None:
    for role in ("city_org_admin", "posted_cadre"):
        said = text(client(role, quiet).get("/burden/forms/"))
        assert all(str(form.label) in said and str(form.use) in said for form in FORMS)
    taken = client("city_org_admin", quiet).post("/burden/forms/export/")
    assert taken.status_code == 200


def test_others_have_no_meter(quiet: World, actor: Any) -> None:
    for role in ("posted_cadre", "village_admin", "town_party_admin"):
        assert client(role, quiet).get("/burden/").status_code == 404
    with pytest.raises(Forbidden):
        measured(actor, "posted_cadre", quiet.village.code)
    assert sign_in("county_org_admin", COUNTY).get(f"/burden/?region={OTHER_COUNTY}").context["region"] == COUNTY
