"""The demonstration's officials plan, report and ask through their own accounts, once."""

import pytest

from shibaiqian.access.models import Assignment, User
from shibaiqian.console.tests import factories
from shibaiqian.console.tests.factories import COUNTY, sign_in, unit
from shibaiqian.demo.daily import write_daily
from shibaiqian.fieldwork.models import Draft, DutyReport, MonthlyPlan, WorkMeeting
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
    assert write_daily() == 0
