"""Whom the steps of selection tell, while they are news."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import Actor
from shibaiqian.access.models import User
from shibaiqian.access.own_case import OwnCase
from shibaiqian.access.tests.factories import user
from shibaiqian.messages.models import Message
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.models import Region
from shibaiqian.selection.decisions import draw_sheet
from shibaiqian.selection.gates import inquire
from shibaiqian.selection.models import Nomination, PostNeed
from shibaiqian.selection.needs import return_needs, submit_needs
from shibaiqian.selection.nominations import recommend
from shibaiqian.selection.notices import finish_notice
from shibaiqian.selection.tests.matched import APPOINTED, DRAWN, appointed, keys, matched, place, published, world

pytestmark = pytest.mark.django_db
LUONAN, TOWN = "611021", "611021101"


@pytest.fixture(autouse=True)
def july(settings: Any, actor: Any) -> None:
    """Everything happens as it is entered: in July 2015."""
    settings.BUSINESS_DATE = dt.date(2015, 7, 20)
    world(actor)
    user("county", "county_org_admin", LUONAN, scope_name="洛南县", valid_from=dt.date(2014, 1, 1))
    user("town", "town_party_admin", TOWN, scope_name="景村镇", valid_from=dt.date(2014, 1, 1))
    user("discipline", "discipline_officer", LUONAN, scope_name="洛南县", valid_from=dt.date(2014, 1, 1))
    user("stranger", "county_org_admin", "611022", scope_name="丹凤县", valid_from=dt.date(2014, 1, 1))
    bureau = Organisation.objects.get(code="LN-001").pk
    user("bureau", "sending_unit_admin", unit=bureau, scope_name="县农业局", valid_from=dt.date(2014, 1, 1))


@pytest.fixture
def clerk(actor: Any) -> Actor:
    by: Actor = actor("county_org_admin", LUONAN)
    return by


@pytest.fixture
def villages() -> tuple[str, ...]:
    rows = Region.objects.filter(code__gte=TOWN, code__lt=f"{TOWN}:", level="village").order_by("code")
    return tuple(rows.values_list("code", flat=True)[:3])


def told() -> set[tuple[str, str]]:
    found = {(message.user.login, message.words) for message in Message.objects.select_related("user")}
    Message.objects.all().delete()
    return found


def test_needs_submitted_and_returned(actor: Any, clerk: Actor, villages: tuple[str, ...]) -> None:
    rows = matched(actor, *villages[:1])
    told()
    PostNeed.unscoped.update(state="draft")
    needs = [row.need_id for row in rows]
    submit_needs(place(), needs=needs, by=clerk)
    assert told() == {("county", "洛南县：有新上报的岗位需求，请确认。")}
    return_needs(place(), needs=needs, reason="写明分工", by=clerk)
    assert told() == {("town", "景村镇：有岗位需求被退回，请修改后再报。")}


def test_a_recommendation_and_a_letter_about_integrity(actor: Any, clerk: Actor, villages: tuple[str, ...]) -> None:
    rows = matched(actor, *villages[:2])
    told()
    Nomination.unscoped.update(state="draft")
    recommend(place(), nominations=keys(rows), by=clerk)
    assert told() == {("county", "洛南县：有单位新推荐的人选，请审查资格。")}
    Nomination.unscoped.update(state="gate_review")
    inquire(place(), nominations=keys(rows), number="洛组函〔2015〕4号", sent_on=dt.date(2015, 7, 1), to_body="县纪委", by=clerk)
    assert told() == {("discipline", "洛南县：请对 2 名人选出具廉政意见（洛组函〔2015〕4号）。")}


def test_a_sheet_a_notice_and_an_appointment(actor: Any, clerk: Actor, villages: tuple[str, ...]) -> None:
    rows = matched(actor, *villages)
    told()
    notice = published(rows, by=clerk)
    sheet = Nomination.unscoped.select_related("decision").first().decision.sheet_number  # type: ignore[union-attr]
    assert told() == {("county", f"洛南县：呈批件 {sheet} 已拟好，等待会议决定。")}
    finish_notice(notice, on=APPOINTED, by=clerk)
    assert told() == {("county", f"洛南县：{notice.document.number} 公示期满，没有异议的可以任命。")}  # type: ignore[union-attr]


def test_an_appointment_tells_town_and_unit_their_own_numbers(actor: Any, clerk: Actor, villages: tuple[str, ...]) -> None:
    rows = matched(actor, *villages)
    document = appointed(rows, by=clerk)
    found = {(login, words) for login, words in told() if "已任命" in words}
    assert found == {
        ("town", f"景村镇：3 名挂职干部已任命（{document.number}），请按期办理报到。"),
        ("bureau", f"县农业局：3 名挂职干部已任命（{document.number}），请按期办理报到。"),
    }


def test_what_is_entered_late_tells_nobody(actor: Any, clerk: Actor, villages: tuple[str, ...], settings: Any) -> None:
    rows = matched(actor, *villages)
    told()
    settings.BUSINESS_DATE = dt.date(2015, 9, 1)
    appointed(rows, by=clerk)
    assert told() == set()


def test_a_stand_in_does_not_draw_a_sheet_about_himself(actor: Any, clerk: Actor, villages: tuple[str, ...]) -> None:
    rows = matched(actor, *villages)
    account = user("standin", name=rows[0].cadre_name)
    User.objects.filter(pk=account.pk).update(person=rows[0].cadre_id)
    by = dataclasses.replace(
        clerk, user_id=account.pk, name=account.name, standing_in_for="何静", lender_id=User.objects.get(login="county").pk
    )
    with pytest.raises(OwnCase, match=f"{rows[0].cadre_name}是您本人：您正代理何静办理，代理人不得办理自己的事项"):
        draw_sheet(place(), nominations=keys(rows), on=DRAWN, by=by)
    assert not Nomination.unscoped.filter(decision__isnull=False).exists()
