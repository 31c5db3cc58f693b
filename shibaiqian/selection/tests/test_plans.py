"""Plans: made, compared, adjusted, frozen and thawed; by whom, and by two at once."""

import datetime as dt
import threading
import uuid
from dataclasses import replace
from typing import Any

import pytest

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.tests.factories import user
from shibaiqian.cadres.models import Cadre, FamilyMember
from shibaiqian.organisations.models import Organisation, VillagePartner
from shibaiqian.policy.queries import parameter
from shibaiqian.regions.models import Region
from shibaiqian.selection import plan_queries as queries
from shibaiqian.selection.matching.score import Weights
from shibaiqian.selection.models import Batch, GateReview, MatchPair, MatchPlan, MatchWish, Nomination, PostNeed
from shibaiqian.selection.nominations import withdraw
from shibaiqian.selection.plans import (
    NothingToMatch,
    PairForbidden,
    PlanOutdated,
    ReasonMissing,
    discard_plan,
    drop_wish,
    forbid_pair,
    freeze_plan,
    match_batch,
    override_pair,
    pairs_of,
    pin_pair,
    thaw_plan,
)
from shibaiqian.selection.problems import PERSONS, UNITS, Options, WishesClash
from shibaiqian.selection.recusal import OwnCase
from shibaiqian.selection.rules import PLAN
from shibaiqian.selection.tests.factories import (
    LUONAN,
    confirmed_needs,
    fresh,
    grades,
    nomination_row,
    running_batch,
    screened,
    through_gates,
    villages,
)

ON = dt.date(2015, 7, 10)


def prepared(actor: Any, *, serials: tuple[int, ...] = (1, 2, 7), posts: int = 3) -> tuple[Batch, list[PostNeed], list[Nomination]]:
    """Confirmed posts of villages of one town, and nominated officials who passed the gates."""
    batch = running_batch(actor)
    needs = confirmed_needs(actor, *villages(posts))
    grades(*serials)
    found = through_gates(actor, screened(actor, *[nomination_row(serial) for serial in serials]))
    return batch, needs, found


@pytest.fixture
def ready(_world: None, actor: Any) -> tuple[Batch, list[PostNeed], list[Nomination]]:
    return prepared(actor)


def loose(limit: int = 0, **weights: int) -> Options:
    return Options(replace(Weights(), **weights), of_unit=limit)


def planned(county: Region, clerk: Actor, batch: Batch, *, options: Options | None = None, stage: str = PERSONS, **more: Any) -> MatchPlan:
    said = {"batch": batch, "tier_code": "T1000", "stage": stage, "name": "", "on": ON, "options": options or loose()} | more
    return match_batch(county, **said, by=clerk)


def who(plan: MatchPlan, by: Actor) -> dict[str, str]:
    with acting(by):
        return {pair.need.host_name: queries.name_of(pair) for pair in pairs_of(plan, by=by)}


@pytest.mark.django_db
class TestMatching:
    def test_a_plan_keeps_pairs_with_parts_and_a_bound(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, _ = ready
        plan = planned(county, clerk, batch)
        pairs = list(MatchPair.unscoped.filter(plan=plan))
        assert len(pairs) == 3 and {p.need_id for p in pairs} == {n.pk for n in needs}
        assert plan.score == sum(p.score for p in pairs) == plan.bound and plan.unfilled == []
        assert all(sum(p.parts.values()) == p.score for p in pairs)
        assert pairs[0].parts["rural"] == 1500 and pairs[0].parts["county"] == 1000, "6.5 years, and comes from the county"
        assert (plan.state, plan.name, plan.made_on) == ("proposed", "方案1", ON)

    def test_the_weights_in_force_are_used_unless_others_are_given(self, ready: Any, county: Region, clerk: Actor) -> None:
        plan = match_batch(county, batch=ready[0], tier_code="T1000", stage=PERSONS, name="按政策", on=ON, by=clerk)
        assert plan.weights["weights"]["match_class"] == 4000 == 100 * parameter("match_class", region=LUONAN, on=ON)
        assert plan.weights["of_unit"] == 2
        other = planned(county, clerk, ready[0], options=loose(match_rural=3000))
        assert other.score > plan.score and other.name == "方案2"

    def test_a_cap_on_a_unit_in_a_town_leaves_a_post_empty_and_says_so(self, ready: Any, county: Region, clerk: Actor) -> None:
        plan = planned(county, clerk, ready[0], options=loose(2))
        assert MatchPair.unscoped.filter(plan=plan).count() == 2
        (entry,) = plan.unfilled
        assert "同一单位在同一镇（街道）最多 2 名，洛南县农业局" in entry["why"] and len(entry["needs"]) == 1

    def test_more_posts_than_officials_is_said_in_words(self, _world: None, actor: Any, county: Region, clerk: Actor) -> None:
        batch, _, _ = prepared(actor, serials=(1, 2), posts=3)
        (entry,) = planned(county, clerk, batch).unfilled
        assert "只有 2 名符合条件的人选（王朝辉、张丽），还差 1 名。主要原因：人选总数少于岗位数。" in entry["why"]

    def test_a_relative_in_the_village_forbids_the_pair(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, found = ready
        cadre = Cadre.unscoped.get(pk=found[0].cadre_id)
        for need in needs[:2]:
            FamilyMember.unscoped.create(
                cadre=cadre, seq=needs.index(need), relation="哥哥", name="王朝阳", unit_post="村委会主任", place=need.region_id,
                standing="village_committee", region_id=cadre.region_id, candidate_region=LUONAN, event=1,
            )  # fmt: skip
        plan = planned(county, clerk, batch)
        assert who(plan, clerk)[needs[2].host_name] == "王朝辉"
        with pytest.raises(PairForbidden, match="应当回避"):
            pin_pair(needs[0], nomination=found[0].pk, reason="熟悉情况", by=clerk)

    def test_a_post_with_a_unit_takes_an_official_of_that_unit(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, _ = ready
        PostNeed.unscoped.filter(pk=needs[0].pk).update(unit=Organisation.objects.get(code="LN-101"))
        plan = planned(county, clerk, batch)
        assert plan.unfilled[0]["names"] == [needs[0].host_name] and "只能从该单位选派" in plan.unfilled[0]["why"]
        assert planned(county, clerk, batch, options=replace(loose(), within_units=False)).unfilled == []

    def test_nothing_to_match_is_refused(self, _world: None, actor: Any, county: Region, clerk: Actor) -> None:
        batch = running_batch(actor)
        with pytest.raises(NothingToMatch, match="没有待匹配的岗位"):
            planned(county, clerk, batch)
        confirmed_needs(actor, *villages(1))
        with pytest.raises(NothingToMatch, match="没有可匹配的人选"):
            planned(county, clerk, batch)

    def test_plans_are_compared_post_by_post(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, found = ready
        first = planned(county, clerk, batch)
        other = next(n for n in found if n.cadre_name != who(first, clerk)[needs[0].host_name])
        pin_pair(needs[0], nomination=other.pk, reason="班子建议", by=clerk)
        second = planned(county, clerk, batch)
        with acting(clerk):
            compared = queries.compare_plans(clerk, [first, second])
            listed = list(queries.plans(clerk, batch=batch, region=LUONAN))
        assert compared.differing == 2 and compared.rows[0][1][1] == other.cadre_name
        assert [(plan.name, plan.filled) for plan in listed] == [("方案2", 3), ("方案1", 3)]


@pytest.mark.django_db
class TestDeciding:
    def test_what_a_pin_and_an_exclusion_would_change_is_shown_and_not_kept(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, found = ready
        plan = planned(county, clerk, batch)
        now = who(plan, clerk)
        other = next(n for n in found if n.cadre_name != now[needs[0].host_name])
        mine = next(n for n in found if n.cadre_name == now[needs[0].host_name])
        before = (MatchPair.unscoped.count(), MatchWish.unscoped.count())
        with acting(clerk):
            deciding = queries.Deciding(clerk, plan)
            pinned = deciding.if_pinned(needs[0].pk, other.pk)
            second = deciding.if_excluded(needs[0].pk, mine.pk)
            choices = deciding.choices(needs[0].pk)
        assert any(m.need == needs[0] and m.after == other.cadre_name for m in pinned.moves) and pinned.cost >= 0
        assert any(m.need == needs[0] and m.after not in ("", mine.cadre_name) for m in second.moves) and second.emptied == 0
        assert [c.chosen for c in choices].count(True) == 1 and len(choices) == 3
        assert (MatchPair.unscoped.count(), MatchWish.unscoped.count()) == before

    def test_pins_and_exclusions_hold_in_the_next_plan_until_dropped(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, found = ready
        for nomination in found[1:]:
            forbid_pair(needs[1], nomination=nomination.pk, reason="已有安排", by=clerk)
        wish = pin_pair(needs[0], nomination=found[2].pk, reason="班子建议", by=clerk)
        assert who(planned(county, clerk, batch), clerk) == {
            needs[0].host_name: found[2].cadre_name, needs[1].host_name: found[0].cadre_name, needs[2].host_name: found[1].cadre_name,
        }  # fmt: skip
        drop_wish(wish, by=clerk)
        with acting(clerk):
            assert queries.wishes(clerk, MatchPlan.unscoped.get()).count() == 2

    def test_a_post_and_an_official_have_one_pin(self, ready: Any, county: Region, clerk: Actor) -> None:
        _, needs, found = ready
        pin_pair(needs[0], nomination=found[0].pk, reason="班子建议", by=clerk)
        for need, nomination in ((needs[0], found[1]), (needs[1], found[0])):
            with pytest.raises(WishesClash, match="请先取消那项指定"):
                pin_pair(need, nomination=nomination.pk, reason="另有考虑", by=clerk)
        forbid_pair(needs[0], nomination=found[0].pk, reason="改变主意", by=clerk)
        assert MatchWish.unscoped.filter(voided_by=None).get().kind == "forbid"

    def test_who_decides_otherwise_says_why(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, found = ready
        plan = planned(county, clerk, batch)
        with pytest.raises(ReasonMissing):
            pin_pair(needs[0], nomination=found[0].pk, reason=" ", by=clerk)
        with pytest.raises(ReasonMissing):
            override_pair(plan, need=needs[0].pk, taker=found[0].pk, reason="", by=clerk)

    def test_an_override_exchanges_two_officials_and_keeps_the_reason(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, found = ready
        plan = planned(county, clerk, batch)
        before = who(plan, clerk)
        other = next(n for n in found if n.cadre_name != before[needs[0].host_name])
        override_pair(plan, need=needs[0].pk, taker=other.pk, reason="会议要求", by=clerk)
        after = who(plan, clerk)
        assert after[needs[0].host_name] == other.cadre_name and sorted(after.values()) == sorted(before.values())
        assert MatchPair.unscoped.filter(plan=plan, voided_by=None, override_reason="会议要求").count() == 2
        plan.refresh_from_db()
        assert plan.score == sum(MatchPair.unscoped.filter(plan=plan, voided_by=None).values_list("score", flat=True))

    def test_an_override_to_nobody_leaves_the_post_empty_with_the_reason(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, found = ready
        plan = planned(county, clerk, batch)
        held = next(n for n in found if n.cadre_name == who(plan, clerk)[needs[0].host_name])
        override_pair(plan, need=needs[0].pk, taker=None, reason="暂缓", by=clerk)
        plan.refresh_from_db()
        assert plan.unfilled == [
            {"needs": [str(needs[0].pk)], "names": [needs[0].host_name], "why": f"{needs[0].host_name}人工调整后空缺：暂缓"}
        ]
        override_pair(plan, need=needs[0].pk, taker=held.pk, reason="恢复", by=clerk)
        plan.refresh_from_db()
        assert plan.unfilled == []

    def test_an_override_keeps_hard_rules_pins_and_caps(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, found = ready
        pin_pair(needs[0], nomination=found[0].pk, reason="班子建议", by=clerk)
        plan = planned(county, clerk, batch)
        with pytest.raises(WishesClash, match="违反指定"):
            override_pair(plan, need=needs[0].pk, taker=found[1].pk, reason="会议要求", by=clerk)
        forbid_pair(needs[1], nomination=found[1].pk, reason="已有安排", by=clerk)
        with pytest.raises(PairForbidden, match="已被排除"):
            override_pair(plan, need=needs[1].pk, taker=found[1].pk, reason="会议要求", by=clerk)
        capped = planned(county, clerk, batch, options=loose(2))
        taken = set(MatchPair.unscoped.filter(plan=capped).values_list("nomination_id", flat=True))
        spare = next(n for n in found if n.pk not in taken)
        empty = next(n for n in needs if str(n.pk) in capped.unfilled[0]["needs"])
        with pytest.raises(PairForbidden, match="最多 2 名"):
            override_pair(capped, need=empty.pk, taker=spare.pk, reason="会议要求", by=clerk)


@pytest.mark.django_db
class TestFreezing:
    def test_freezing_gives_each_nomination_its_post_and_place(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, found = ready
        plan = planned(county, clerk, batch)
        frozen = freeze_plan(plan, on=ON, reason="部务会同意", by=clerk)
        assert (frozen.state, frozen.frozen_reason) == ("frozen", "部务会同意")
        rows = fresh(found)
        assert {row.state for row in rows} == {"matched"} and {row.need_id for row in rows} == {n.pk for n in needs}
        assert all(row.region_id == row.need.region_id for row in rows)
        assert set(PostNeed.unscoped.values_list("state", flat=True)) == {"confirmed"}, "filled when appointed"
        seen = GateReview.unscoped.filter(nomination=rows[0]).values_list("region", flat=True)
        assert set(seen) == {rows[0].region_id}, "the reviews go along"

    def test_thawing_returns_officials_to_where_they_were_considered(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, _, found = ready
        plan = freeze_plan(planned(county, clerk, batch), on=ON, by=clerk)
        with pytest.raises(ReasonMissing):
            thaw_plan(plan, reason="", by=clerk)
        thawed = thaw_plan(plan, reason="会议未通过", by=clerk)
        assert thawed.state == "proposed"
        assert {(row.state, row.need_id, row.region_id) for row in fresh(found)} == {("gate_review", None, LUONAN)}
        assert freeze_plan(thawed, on=ON, by=clerk).state == "frozen"

    def test_what_is_decided_is_not_thawed_and_who_left_is_left_alone(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, _, found = ready
        plan = freeze_plan(planned(county, clerk, batch), on=ON, by=clerk)
        withdraw(county, nominations=[found[0].pk], reason="单位工作需要", by=clerk)
        Nomination.unscoped.filter(pk=found[1].pk).update(state="decided")
        with pytest.raises(StepNotOpen, match="已决定"):
            thaw_plan(plan, reason="会议未通过", by=clerk)
        Nomination.unscoped.filter(pk=found[1].pk).update(state="matched")
        thaw_plan(plan, reason="会议未通过", by=clerk)
        assert [row.state for row in fresh(found)] == ["withdrawn", "gate_review", "gate_review"]

    def test_a_plan_on_changed_ground_is_refused_whole(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, found = ready
        plan = planned(county, clerk, batch)
        withdraw(county, nominations=[found[0].pk], reason="单位工作需要", by=clerk)
        with pytest.raises(StepNotOpen, match="单位撤回"):
            freeze_plan(plan, on=ON, by=clerk)
        assert {row.state for row in fresh(found[1:])} == {"gate_review"}
        fine = planned(county, clerk, batch)
        forbid_pair(
            needs[[n.host_name for n in needs].index(next(iter(who(fine, clerk))))],
            nomination=MatchPair.unscoped.filter(plan=fine).order_by("need__number")[0].nomination_id,
            reason="已有安排", by=clerk,
        )  # fmt: skip
        with pytest.raises(PairForbidden, match="已被排除"):
            freeze_plan(fine, on=ON, by=clerk)

    def test_of_two_plans_only_the_first_is_frozen(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, _, _ = ready
        first, second = planned(county, clerk, batch), planned(county, clerk, batch)
        freeze_plan(first, on=ON, by=clerk)
        with pytest.raises(StepNotOpen, match="已拟派"):
            freeze_plan(second, on=ON, by=clerk)
        with pytest.raises(PlanOutdated):
            override_pair(second, need=uuid.uuid4(), taker=None, reason="会议要求", by=clerk)

    def test_nobody_freezes_a_plan_with_themselves_in_it(self, ready: Any, county: Region, clerk: Actor, actor: Any) -> None:
        batch, _, found = ready
        account = user("wang", name="王朝辉")
        account.person = found[0].cadre_id
        account.save()
        own = actor("county_org_admin", LUONAN, name="王朝辉", user_id=account.pk)
        plan = planned(county, own, batch)
        with pytest.raises(OwnCase):
            freeze_plan(plan, on=ON, by=own)

    @pytest.mark.parametrize("state", PLAN.states)
    @pytest.mark.parametrize("step", PLAN.steps)
    def test_every_state_with_every_step(self, ready: Any, county: Region, clerk: Actor, state: str, step: str) -> None:
        batch, needs, _ = ready
        plan = planned(county, clerk, batch)
        if state == "frozen":
            plan = freeze_plan(plan, on=ON, by=clerk)
        elif state == "discarded":
            plan = discard_plan(plan, by=clerk)
        take = {
            "freeze_plan": lambda: freeze_plan(plan, on=ON, by=clerk),
            "thaw_plan": lambda: thaw_plan(plan, reason="会议未通过", by=clerk),
            "discard_plan": lambda: discard_plan(plan, by=clerk),
            "override_pair": lambda: override_pair(plan, need=needs[0].pk, taker=None, reason="暂缓", by=clerk),
        }[step]
        if (state, step) in PLAN.table:
            assert take().state == PLAN.table[state, step]
        else:
            with pytest.raises(StepNotOpen, match=r"当前可以办理|没有可办理"):
                take()


@pytest.mark.django_db
class TestUnits:
    def test_villages_are_matched_with_units_and_bound_when_frozen(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, _, _ = ready
        plan = planned(county, clerk, batch, stage=UNITS, options=replace(loose(), villages=3))
        assert set(who(plan, clerk).values()) == {"洛南县农业局"}
        freeze_plan(plan, on=ON, by=clerk)
        unit = Organisation.objects.get(code="LN-001")
        assert set(PostNeed.unscoped.values_list("unit", flat=True)) == {unit.pk}
        assert VillagePartner.unscoped.filter(unit=unit, until=None, since=ON).count() == 3
        thaw_plan(plan, reason="领导小组未通过", by=clerk)
        assert set(PostNeed.unscoped.values_list("unit", flat=True)) == {None}

    def test_a_unit_takes_no_more_villages_than_it_can(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, _ = ready
        plan = planned(county, clerk, batch, stage=UNITS, options=replace(loose(), villages=2))
        assert len(who(plan, clerk)) == 2
        assert "还差 1 个" in plan.unfilled[0]["why"]
        with acting(clerk):
            choices = queries.Deciding(clerk, plan).choices(needs[0].pk)
        assert [c.name for c in choices] == ["洛南县农业局"]

    def test_a_unit_can_be_pinned_to_a_village(self, ready: Any, county: Region, clerk: Actor) -> None:
        batch, needs, _ = ready
        unit = Organisation.objects.get(code="LN-001")
        pin_pair(needs[2], unit=unit.pk, reason="领导小组意见", by=clerk)
        plan = planned(county, clerk, batch, stage=UNITS, options=replace(loose(), villages=1))
        assert who(plan, clerk) == {needs[2].host_name: "洛南县农业局"}
        with pytest.raises(NotVisible):
            pin_pair(needs[0], unit=uuid.uuid4(), reason="领导小组意见", by=clerk)


@pytest.mark.django_db
class TestOutsiders:
    def test_another_county_neither_sees_nor_touches_a_plan(self, ready: Any, county: Region, clerk: Actor, stranger: Actor) -> None:
        batch, needs, found = ready
        plan = planned(county, clerk, batch)
        wish = forbid_pair(needs[0], nomination=found[0].pk, reason="已有安排", by=clerk)
        for take in (
            lambda: freeze_plan(plan, on=ON, by=stranger),
            lambda: thaw_plan(plan, reason="x", by=stranger),
            lambda: discard_plan(plan, by=stranger),
            lambda: override_pair(plan, need=needs[0].pk, taker=None, reason="x", by=stranger),
            lambda: pin_pair(needs[0], nomination=found[0].pk, reason="x", by=stranger),
            lambda: forbid_pair(needs[0], nomination=found[0].pk, reason="x", by=stranger),
            lambda: drop_wish(wish, by=stranger),
            lambda: planned(county, stranger, batch),
        ):
            with pytest.raises(NotVisible):
                take()
        with acting(stranger):
            assert list(queries.plans(stranger, batch=batch)) == []

    @pytest.mark.parametrize("role", ["town_party_admin", "discipline_officer"])
    def test_matching_is_for_organisation_departments(self, ready: Any, county: Region, actor: Any, role: str) -> None:
        with pytest.raises(Forbidden):
            planned(county, actor(role, LUONAN), ready[0])

    def test_the_city_may_do_it_for_a_county(self, ready: Any, county: Region, city_clerk: Actor) -> None:
        assert freeze_plan(planned(county, city_clerk, ready[0]), on=ON, by=city_clerk).state == "frozen"


@pytest.mark.usefixtures("committed")
def test_of_sixteen_clerks_who_freeze_at_once_one_does(actor: Any) -> None:
    from django.db import connection

    from shibaiqian.postings.tests.factories import install

    install(actor)
    batch, _, _ = prepared(actor)
    by, county = actor("county_org_admin", LUONAN), Region.objects.get(pk=LUONAN)
    # Half press on one plan, half on another of the same posts.
    plans = [planned(county, by, batch) for _ in range(2)]
    said: list[str] = []

    def press(n: int) -> None:
        try:
            freeze_plan(plans[n % 2], on=ON, by=by)
            said.append("done")
        except (StepNotOpen, PlanOutdated) as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("done") == 1 and len(said) == 16
    assert Nomination.unscoped.filter(state="matched", need__isnull=False).count() == 3
    assert MatchPlan.unscoped.filter(state="frozen").count() == 1
