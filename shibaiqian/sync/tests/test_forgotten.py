"""The words of a record as a phone sent it go when the places in them have gone; the record, its answer and its hash stay."""

import datetime as dt

import pytest
from django.conf import settings

from shibaiqian.access.actor import Forbidden, acting, system_actor
from shibaiqian.access.queries import Hat, actor_for
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import WorkLog
from shibaiqian.policy.actions import install_defaults
from shibaiqian.regions.models import Region
from shibaiqian.sync.forgotten import forget_said
from shibaiqian.sync.jobs import forget_said_at_night
from shibaiqian.sync.models import InboxRecord
from shibaiqian.sync.tests.factories import Phone, a_log, a_village

pytestmark = pytest.mark.django_db


def test_words_of_done_records_go_after_the_days_a_place_is_kept_and_the_same_record_is_still_known() -> None:
    install_defaults()
    village = a_village()
    phone = Phone.of(village.role)
    old, new, refused = a_log(village, content="旧的"), a_log(village, content="新的"), a_log(village, content="")
    old["body"]["point"] = {"latitude_e6": 34_090_000, "longitude_e6": 110_150_000, "accuracy_m": 30}
    assert [one["status"] for one in phone.answers(old, new, refused)] == ["created", "created", "rejected"]
    long_ago = clock.wall_now() - dt.timedelta(days=181)
    InboxRecord.unscoped.filter(pk__in=[old["id"], refused["id"]]).update(received_at=long_ago)
    assert forget_said_at_night() == 1
    assert forget_said_at_night() == 0
    words = {str(key): bytes(said) for key, said in InboxRecord.unscoped.values_list("pk", "said_sealed")}
    assert words[old["id"]] == b"" and words[new["id"]] and words[refused["id"]]
    assert phone.answers(old)[0]["status"] == "duplicate"
    assert phone.answers({**old, "body": {**old["body"], "on": "2016-06-07"}})[0]["status"] == "rejected"
    assert WorkLog.unscoped.count() == 1


def test_nobody_but_the_night_forgets_what_phones_sent() -> None:
    install_defaults()
    village = a_village()
    by = actor_for(village.role.user, Hat(village.role), on=clock.today())
    with acting(by), pytest.raises(Forbidden):
        forget_said(Region.objects.get(pk=village.code), by=by)
    with acting(system_actor("夜")) as night:
        assert forget_said(Region.objects.get(pk=settings.ROOT_REGION), by=night) == 0
