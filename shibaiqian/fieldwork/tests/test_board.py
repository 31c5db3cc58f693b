"""What hangs on a village's notice board: the published month by name, without reasons; the clerk says when it was hung up."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.assistance.tests.factories import LUONAN, villages
from shibaiqian.audit.record import next_event_id
from shibaiqian.base.ids import new_id
from shibaiqian.fieldwork.actions import NoticeUnfit, confirm_months, post_notice, publish_months
from shibaiqian.fieldwork.models import AttendanceDay, AttendanceMonth, BoardNotice
from shibaiqian.fieldwork.queries import Board, board_of, boards, boards_of
from shibaiqian.fieldwork.tests.duty import MAY, TODAY, People
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(actor: Any) -> People:
    return People(actor, villages(LUONAN)[0])


def published(people: People) -> AttendanceMonth:
    """May of the village's official, confirmed by the town and published by the county; a day of sick leave among it."""
    month = people.month()
    corrected(month, "leave", leave_kind="sick", note="住院")
    town, county = Region.objects.get(pk=people.village.code[:9]), Region.objects.get(pk=people.village.code[:6])
    confirm_months(town, months=[month.pk], by=people.town)
    publish_months(county, month=MAY, by=people.county)
    return AttendanceMonth.unscoped.get(pk=month.pk)


def corrected(month: AttendanceMonth, status: str, **said: str) -> None:
    """10 May stands otherwise from now on."""
    before = AttendanceDay.unscoped.get(month=month, on=dt.date(2016, 5, 10), voided_by__isnull=True)
    event = next_event_id()
    AttendanceDay.unscoped.filter(pk=before.pk).update(voided_by=event)
    about = {"month": month, "region": month.region, "cadre": month.cadre, "on": before.on, "source": before.source, "event": event}
    AttendanceDay.unscoped.create(**about, status=status, **said)


def board(people: People, by: Actor) -> Board:
    with acting(by):
        return board_of(by, people.village.code, MAY)


def posted(people: People, by: Actor, on: dt.date = TODAY) -> BoardNotice:
    return post_notice(people.village, month=MAY, on=on, by=by)


def test_what_is_published_is_listed_by_name_without_kind_or_reason_of_leave(people: People) -> None:
    with acting(people.clerk):
        assert not boards(people.clerk).exists()
    month = published(people)
    for by in (people.clerk, people.town, people.county):
        with acting(by):
            assert [row.pk for row in boards(by)] == [month.pk]
    found = board(people, people.clerk)
    assert (found.published_on, found.published_by, found.posted) == (TODAY, people.county.name, None)
    (line,) = found.lines
    assert (line["name"], line["leave"]) == (month.cadre_name, 1)
    assert "sick" not in str(found.lines) and "住院" not in str(found.lines)


def test_the_clerk_says_when_it_was_hung_up_and_again_only_after_a_correction(people: People) -> None:
    month = published(people)
    for wrong in (TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)):
        with pytest.raises(NoticeUnfit, match="公布之日"):
            posted(people, people.clerk, on=wrong)
    notice = posted(people, people.clerk)
    assert (notice.posted_by, notice.rows) == (people.clerk.name, board(people, people.clerk).lines)
    with pytest.raises(NoticeUnfit, match="不用再登记"):
        posted(people, people.clerk)
    corrected(month, "in_village")
    assert board(people, people.clerk).is_outdated
    posted(people, people.clerk)
    after = board(people, people.clerk)
    assert not after.is_outdated and BoardNotice.unscoped.count() == 2


def test_a_village_with_two_officials_has_one_board(people: People, actor: Any) -> None:
    first = published(people)
    Posting.unscoped.filter(pk=people.posting.pk).update(ended_on=dt.date(2016, 5, 25), state="ended")
    other = People(actor, people.village, "P2", home="611021")
    AttendanceMonth.unscoped.filter(pk=other.month().pk).update(state="locked", published_on=TODAY)
    with acting(people.clerk):
        (row,) = boards(people.clerk)
        (found,) = boards_of(people.clerk, [row])
    assert row.pk == first.pk and len(found.lines) == 2


def test_nobody_else_hangs_up_anything_and_other_places_see_nothing(people: People, actor: Any) -> None:
    published(people)
    for by in (people.official, people.town, people.county, actor("group_head", people.village.code)):
        with pytest.raises(Forbidden):
            posted(people, by)
    stranger = actor("village_admin", "611022101201", user_id=new_id())
    with pytest.raises(NotVisible):
        posted(people, stranger)
    with acting(stranger):
        assert not boards(stranger).exists()
    with acting(people.clerk), pytest.raises(NotVisible):
        board_of(people.clerk, people.village.code, dt.date(2016, 4, 1))
    assert not BoardNotice.unscoped.exists()
