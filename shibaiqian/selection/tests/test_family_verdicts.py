"""Families stay on the isolated network; where a candidate must not go comes out, and counts like what is found here."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from shibaiqian.access.actor import Actor, acting
from shibaiqian.cadres.models import FamilyMember
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN
from shibaiqian.regions.models import Region
from shibaiqian.selection.models import Batch, GateReview, MatchPlan, Nomination, RecusalFinding, RecusalVerdict
from shibaiqian.selection.packages import PackageRefused, export_package, open_package, read_key, seal_package, take_in_package, write_key
from shibaiqian.selection.problems import PERSONS, Asked, Options, state
from shibaiqian.selection.recusal import avoided, examine_recusals, hits, open_recusals
from shibaiqian.selection.tests.factories import (
    BATCH,
    REVIEWED,
    TOWN,
    confirmed_needs,
    fresh,
    nomination_row,
    running_batch,
    screened,
    through_gates,
    villages,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]
SAID = ("王朝阳", "哥哥", "村委会主任", "village_committee", "197001", "王朝辉")


@pytest.fixture
def key(tmp_path: Path) -> bytes:
    write_key(tmp_path / "key")
    return read_key(tmp_path / "key")


@pytest.fixture
def two(_world: None, actor: Any) -> list[Nomination]:
    running_batch(actor)
    return screened(actor, nomination_row(1), nomination_row(2))


def relative(nomination: Nomination, place: str, standing: str = "village_committee", name: str = "王朝阳") -> None:
    FamilyMember.unscoped.create(
        cadre_id=nomination.cadre_id, region_id=nomination.home_region, candidate_region=str(nomination.region_id), seq=1, relation="哥哥",
        name=name, birth_month="197001", unit_post="村委会主任", place=place, standing=standing, event=1,
    )  # fmt: skip


def carried(found: list[Nomination], key: bytes, by: Actor, actor: Any) -> bytes:
    """What the isolated network writes; afterwards nothing of it is known here, families neither."""
    if not GateReview.unscoped.exists():
        through_gates(actor, found)
    data: bytes = export_package(Batch.objects.get(), key=key, by=by)
    FamilyMember.unscoped.update(voided_by=1)
    GateReview.unscoped.update(voided_by=1)
    return data


def taken_in(data: bytes, key: bytes, actor: Any) -> Any:
    return take_in_package(Region.objects.get(pk=CITY), data=data, key=key, by=actor("system", CITY))


def standing(nomination: Nomination) -> set[tuple[str, str]]:
    rows = RecusalVerdict.unscoped.filter(nomination=nomination, voided_by=None)
    return set(rows.values_list("host", "weight"))


def test_a_verdict_says_of_every_post_what_the_family_would_have_said(two: list[Nomination], clerk: Actor) -> None:
    village = villages(1)[0]
    posts = {6: [LUONAN, DANFENG], 9: [TOWN, "611021102"], 12: [*villages(3), *villages(1, under="611021102")]}
    for name in ("village_committee", "host_head", "enterprise"):
        for place in (LUONAN, TOWN, village):
            FamilyMember.unscoped.all().delete()
            relative(two[0], place, name)
            for digits, hosts in posts.items():
                with acting(clerk):
                    inside = {(hit.host, hit.weight) for hit in hits(clerk, [two[0]], hosts, on=REVIEWED) if hit.kind != "native_county"}
                found = avoided(place, name, digits=digits)
                outside = {(host, weight) for prefix, weight in found for host in hosts if host.startswith(prefix)}
                assert outside == inside, (name, place, digits)
    assert avoided("", "enterprise", digits=12) == avoided(village, "", digits=12) == []


def test_no_word_of_the_family_is_in_the_package(two: list[Nomination], key: bytes, city_clerk: Actor, actor: Any) -> None:
    here = villages(1)[0]
    relative(two[0], here)
    relative(two[1], "", "")
    data = carried(two, key, city_clerk, actor)
    package = open_package(data, key=key)
    assert [dict(row) for row in package.recusals] == [
        {"number": two[0].number, "host": here, "weight": "block"}, {"number": two[1].number, "host": "", "weight": "clear"},
    ]  # fmt: skip
    opened = str(package) + str(data)
    assert not [word for word in SAID if word in opened or word.encode() in data]


def test_of_whom_no_family_is_known_nothing_is_said(two: list[Nomination], key: bytes, city_clerk: Actor, actor: Any) -> None:
    assert open_package(carried(two, key, city_clerk, actor), key=key).recusals == ()


def test_outside_matching_and_decisions_use_it_as_their_own(
    two: list[Nomination], key: bytes, city_clerk: Actor, clerk: Actor, county: Region, actor: Any
) -> None:
    here, there = villages(2)
    relative(two[0], here)
    assert taken_in(carried(two, key, city_clerk, actor), key, actor).count == 9
    needs = confirmed_needs(actor, here, there)
    with acting(clerk):
        asked = Asked(LUONAN, Batch.objects.get(), "T1000", MatchPlan.Stage(PERSONS), REVIEWED, Options())
        stated = state(asked, by=clerk)
        (i,) = stated.rows_of[two[0].pk]
        assert "回避" in stated.why_not(i, stated.column_of[needs[0].pk])
        assert "回避" not in stated.why_not(i, stated.column_of[needs[1].pk])
    Nomination.unscoped.filter(pk=two[0].pk).update(need=needs[0])
    examine_recusals(county, nominations=[two[0].pk], on=REVIEWED, by=clerk)
    name = Region.objects.get(pk=here).name
    with acting(clerk):
        assert open_recusals(clerk, [two[0].pk]) == {two[0].pk: (f"隔离网核查：不得到{name}任职。",)}
    assert RecusalFinding.unscoped.get(voided_by=None).weight == "block"


def test_a_post_found_before_the_package_came_is_looked_at_again(two: list[Nomination], key: bytes, city_clerk: Actor, actor: Any) -> None:
    here = villages(1)[0]
    relative(two[0], here)
    data = carried(two, key, city_clerk, actor)
    need = confirmed_needs(actor, here)[0]
    Nomination.unscoped.filter(pk=two[0].pk).update(need=need, state="matched")
    taken_in(data, key, actor)
    assert [(f.kind, f.host) for f in RecusalFinding.unscoped.filter(voided_by=None)] == [("isolated", here)]


def test_twice_is_once_and_an_older_package_takes_nothing_back(two: list[Nomination], key: bytes, city_clerk: Actor, actor: Any) -> None:
    here, there = villages(2)
    relative(two[0], here)
    first = carried(two, key, city_clerk, actor)
    taken_in(first, key, actor)
    before = list(RecusalVerdict.unscoped.order_by("id").values_list("id", "voided_by"))
    again = taken_in(first, key, actor)
    assert (again.count, "已经接收过" in again.notes[0]) == (0, True)
    package = open_package(first, key=key)
    resealed = seal_package(BATCH, package.rows, recusals=package.recusals, made_on=package.made_on, key=key)
    assert taken_in(resealed, key, actor).count == 0
    assert list(RecusalVerdict.unscoped.order_by("id").values_list("id", "voided_by")) == before

    later = package.made_on + dt.timedelta(days=1)
    moved = [{"number": two[0].number, "host": there, "weight": "block"}]
    newer = seal_package(BATCH, [], recusals=moved, made_on=later, key=key)
    assert taken_in(newer, key, actor).count == 1
    assert standing(two[0]) == {(there, "block")}
    stale = seal_package(BATCH, [], recusals=[{**moved[0], "host": "", "weight": "clear"}], made_on=package.made_on, key=key)
    refused = taken_in(stale, key, actor)
    assert (refused.count, "比已经登记的旧" in refused.notes[0]) == (0, True)
    assert standing(two[0]) == {(there, "block")}


def test_an_older_review_takes_nothing_back_either(two: list[Nomination], key: bytes, city_clerk: Actor, actor: Any) -> None:
    data = carried(two, key, city_clerk, actor)
    taken_in(data, key, actor)
    row = dict(open_package(data, key=key).rows[0]) | {"reviewed_on": "2015-06-20", "result": "more_info", "valid_until": "2015-12-20"}
    stale = seal_package(BATCH, [row], made_on=REVIEWED, key=key)
    assert "比已经登记的旧" in taken_in(stale, key, actor).notes[0]
    assert set(GateReview.unscoped.filter(voided_by=None).values_list("result", flat=True)) == {"pass"}


def test_a_changed_package_is_refused_in_words(two: list[Nomination], key: bytes, city_clerk: Actor, actor: Any) -> None:
    relative(two[0], villages(1)[0])
    data = carried(two, key, city_clerk, actor)
    for position in range(len(data) - 120, len(data), 7):
        with pytest.raises(PackageRefused, match="打不开：密钥不对，或文件在途中被改动"):
            taken_in(data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :], key, actor)
    with pytest.raises(PackageRefused, match="没有这项推荐"):
        other = seal_package(BATCH, [], recusals=[{"number": "没有-1", "host": "", "weight": "clear"}], made_on=REVIEWED, key=key)
        taken_in(other, key, actor)
    assert not RecusalVerdict.unscoped.exists()


def test_nobody_outside_organisation_departments_sees_a_verdict(
    two: list[Nomination], key: bytes, city_clerk: Actor, clerk: Actor, stranger: Actor, actor: Any
) -> None:
    relative(two[0], villages(1)[0])
    taken_in(carried(two, key, city_clerk, actor), key, actor)
    with acting(clerk):
        assert RecusalVerdict.objects.visible_to(clerk).count() == 1
    others = (
        stranger,
        actor("city_leader", CITY),
        actor("town_party_admin", TOWN),
        actor("sending_unit_admin", unit=fresh(two)[0].unit_id),
    )
    for by in others:
        with acting(by):
            assert not RecusalVerdict.objects.for_everyone(because="the wall alone must hold").exists()
