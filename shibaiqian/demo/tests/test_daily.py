"""The demonstration's officials plan, report and ask through their own accounts, once."""

import datetime as dt

import pytest

from shibaiqian.access.models import Assignment, User
from shibaiqian.audit.record import next_event_id
from shibaiqian.console.tests import factories
from shibaiqian.console.tests.factories import COUNTY, sign_in, unit
from shibaiqian.demo.daily import write_daily
from shibaiqian.fieldwork.models import AttendanceDay, AttendanceMonth, Draft, DutyReport, ExpenseClaim, MonthlyPlan, WorkMeeting
from shibaiqian.postings.models import Posting
from shibaiqian.voice.models import UpwardRequest

pytestmark = pytest.mark.django_db


def test_an_official_with_an_account_writes_once_and_the_town_hears_it() -> None:
    world = factories.world()
    unit(COUNTY, name="洛南县交通局", level="county")
    sign_in("posted_cadre", world.village.code, name=world.posting.cadre_name)
    User.objects.update(person=world.posting.cadre_id)
    sign_in("village_admin", world.village.code, name="村文书")
    sign_in("group_head", world.village.code, name="一组组长", groups=[world.household.group])
    Assignment.objects.update(scope_name="某村")
    confirmed_month(world.posting)
    assert write_daily() == 1
    assert (MonthlyPlan.unscoped.get().state, DutyReport.unscoped.get().state, WorkMeeting.unscoped.get().plans) == (
        "heard",
        "rectifying",
        1,
    )
    assert UpwardRequest.unscoped.get().receiver.name == "洛南县交通局"
    assert sorted((draft.typed_by, draft.state) for draft in Draft.unscoped.all()) == [
        ("一组组长", "waiting"), ("村文书", "returned"), ("村文书", "waiting"), ("村文书", "waiting"),
    ]  # fmt: skip
    claim = ExpenseClaim.unscoped.get()
    assert (claim.state, claim.meal_days, claim.trips) == ("handed_in", 2, 1)
    assert write_daily() == 0


def confirmed_month(posting: Posting) -> None:
    """A month as the roster of attendance brings it: two days in the village."""
    month = AttendanceMonth.unscoped.create(
        posting=posting, region_id=posting.region_id, home_region=posting.home_region, unit=posting.unit_id, cadre=posting.cadre_id,
        cadre_name=posting.cadre_name, month=dt.date(2016, 4, 1), state="published", event=next_event_id(),
    )  # fmt: skip
    for day in (5, 6):
        AttendanceDay.unscoped.create(
            month=month, region_id=posting.region_id, cadre=posting.cadre_id, on=dt.date(2016, 4, day), status="in_village", source="roster",
            event=next_event_id(),
        )  # fmt: skip
