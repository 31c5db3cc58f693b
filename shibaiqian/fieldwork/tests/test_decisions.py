"""What the host's secretary decided or assigned is noted by either side and finished once."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, TODAY, posted, villages
from shibaiqian.fieldwork.actions import DecisionUnsound, finish_decision, note_decision
from shibaiqian.fieldwork.queries import decisions_of
from shibaiqian.postings.models import Posting

pytestmark = pytest.mark.django_db
TASK = {"kind": "assigned", "on": TODAY, "secretary": "村党支部书记王大山", "text": "牵头办合作社", "due_on": dt.date(2016, 9, 1)}


def test_a_task_is_noted_seen_by_both_sides_and_finished_once(actor: Any) -> None:
    village = villages(LUONAN)[0].code
    posting, host, official = posted(village, "P1"), actor("host_unit_leader", village), actor("posted_cadre", village, name="王朝辉")
    task = note_decision(posting, **TASK, by=host)
    with acting(official):
        assert [row.text for row in decisions_of(official, posting)] == ["牵头办合作社"]
    finish_decision(task, on=TODAY, result="已登记注册", by=official)
    with pytest.raises(DecisionUnsound, match="已经登记过"):
        finish_decision(task, on=TODAY, result="又一次", by=official)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": " "}, "写明谁决定"),
        ({"on": TODAY + dt.timedelta(days=1)}, "今天之前"),
        ({"on": dt.date(2015, 3, 1)}, "任职日期"),
        ({"due_on": dt.date(2016, 6, 1)}, "早于决定日期"),
        ({"ended": dt.date(2016, 6, 1)}, "任职结束日期"),
    ],
)
def test_what_cannot_have_been_decided_so_is_refused(actor: Any, change: dict[str, Any], said: str) -> None:
    village = villages(LUONAN)[0].code
    posting = posted(village, "P1")
    Posting.unscoped.filter(pk=posting.pk).update(ended_on=change.get("ended"))
    told = {key: value for key, value in {**TASK, **change}.items() if key != "ended"}
    with pytest.raises(DecisionUnsound, match=said):
        note_decision(posting, **told, by=actor("host_unit_leader", village))


def test_an_official_notes_nothing_about_another_one(actor: Any) -> None:
    village = villages(LUONAN)[0].code
    posting, deputy = posted(village, "P1"), actor("posted_cadre", village[:9], name="李副镇长")  # sees the villages of the town
    with pytest.raises(DecisionUnsound, match="本人或挂职单位"):
        note_decision(posting, **TASK, by=deputy)
    task = note_decision(posting, **TASK, by=actor("host_unit_leader", village))
    with pytest.raises(DecisionUnsound, match="本人或挂职单位"):
        finish_decision(task, on=TODAY, result="完成", by=deputy)


def test_outsiders_note_nothing(actor: Any) -> None:
    village = villages(LUONAN)[0].code
    posting = posted(village, "P1")
    task = note_decision(posting, **TASK, by=actor("host_unit_leader", village))
    stranger = actor("host_unit_leader", villages(DANFENG)[0].code)
    with pytest.raises(NotVisible):
        note_decision(posting, **TASK, by=stranger)
    with pytest.raises(NotVisible):
        finish_decision(task, on=TODAY, result="完成", by=stranger)
    with pytest.raises(Forbidden):
        note_decision(posting, **TASK, by=actor("sending_unit_admin", unit=posting.unit_id))
