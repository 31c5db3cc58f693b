"""不脱贫不脱钩: no household is released before it is out of poverty or has somebody who follows."""

import contextlib
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shibaiqian.access.actor import Actor, Forbidden
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.roles import Role
from shibaiqian.access.rows import RowsRefused
from shibaiqian.access.scope import Scope
from shibaiqian.cadres.models import Cadre, ResumeItem
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN
from shibaiqian.households.models import Household
from shibaiqian.organisations.models import VillagePartner
from shibaiqian.postings import actions
from shibaiqian.postings.jobs import settle
from shibaiqian.postings.models import Handover, Pairing, PostedHousehold, Posting
from shibaiqian.postings.pairings import RELEASED, pair_households
from shibaiqian.postings.rules import CHECKLIST
from shibaiqian.postings.tests.conftest import TOWN
from shibaiqian.postings.tests.factories import WAITING, bound, ended, handed_over, posting_row, registered_households, roster
from shibaiqian.regions.models import Region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]
ON = dt.date(2016, 6, 1)


@pytest.fixture
def poverty_clerk(actor: Any) -> Actor:
    return actor("county_poverty_admin", LUONAN)


@pytest.fixture
def posting(county: Region, clerk: Actor, villages: list[str]) -> Posting:
    actions.appoint_officials(county, rows=roster(posting_row(1, villages[0]), posting_row(6, TOWN)), by=_city(clerk))
    return Posting.unscoped.get(number="G-0001")


def _city(clerk: Actor) -> Actor:
    return replace(clerk, role=Role.CITY_ORG_ADMIN, scope=Scope(region=CITY))


@pytest.fixture
def homes(posting: Posting, poverty_clerk: Actor, villages: list[str]) -> dict[str, Household]:
    """Four poor, one stably out."""
    states = {"H1": "registered", "H2": "registered", "H3": "registered", "H4": "stable_exit", "H5": "registered"}
    return registered_households(villages[0], states, by=poverty_clerk)


def paired(number: str, name: str, *, by: Actor) -> None:
    row = {
        "household_number": number, "helper_name": name, "unit_code": "LN-001", "post": "科员", "phone": "13900001234",
        "since": dt.date(2015, 8, 1), "until": None,
    }  # fmt: skip
    pair_households(Region.objects.get(pk=LUONAN), rows=roster(row), by=by)


def passed(number: str, **more: Any) -> dict[str, Any]:
    said = {"to_number": None, "helper_name": None, "unit_code": None, "on": ON}
    return {"number": "G-0001", "household_number": number, **said, **more}


def test_a_posting_does_not_end_while_a_poor_household_has_nobody(
    posting: Posting, homes: dict[str, Household], clerk: Actor, county: Region, poverty_clerk: Actor
) -> None:
    bound(posting, ["H1", "H2", "H3", "H4", "H5"], by=clerk)
    handed_over(posting, since=dt.date(2016, 5, 20), on=dt.date(2016, 5, 30), by=clerk)
    with pytest.raises(actions.HouseholdsLeftAlone, match=r"王朝辉包联的 4 户还没有稳定脱贫.*H1.*H2.*H3.*等"):
        actions.end_posting(posting, on=ON, reason="health", by=clerk)
    paired("H1", "张三", by=poverty_clerk)
    assert actions.leave_to_helpers(posting, on=ON, by=clerk).count == 1
    rows = roster(*[passed(n, to_number="G-0006") for n in ("H2", "H3")])
    assert actions.assign_successors(county, rows=rows, by=clerk).count == 2
    with pytest.raises(actions.HouseholdsLeftAlone, match=r"1 户.*H5"):
        actions.end_posting(posting, on=ON, reason="health", by=clerk)
    actions.pass_households(posting, to=Posting.unscoped.get(number="G-0006"), on=ON, by=clerk)
    assert actions.end_posting(posting, on=ON, reason="health", by=clerk).state == "ended"
    rows_left = PostedHousehold.unscoped.filter(posting=posting)
    assert set(rows_left.values_list("household__number", "until", "successor_posting__number", "successor_helper__name")) == {
        ("H1", ON, None, "张三"), ("H2", ON, "G-0006", None), ("H3", ON, "G-0006", None), ("H4", ON, None, None),
        ("H5", ON, "G-0006", None),
    }  # fmt: skip
    assert PostedHousehold.unscoped.filter(posting__number="G-0006", until__isnull=True).count() == 3


def test_nobody_is_recalled_while_a_poor_household_has_nobody(posting: Posting, homes: dict[str, Household], clerk: Actor) -> None:
    bound(posting, ["H1"], by=clerk)
    actions.propose_recall(posting, reason="discipline", facts="挪用慰问金", on=ON, by=clerk)
    actions.hear_official(posting, statement="承认", on=ON, by=clerk)
    with pytest.raises(actions.HouseholdsLeftAlone, match="1 户"):
        actions.decide_recall(posting, document_number="洛组发〔2016〕8号", reason="违反纪律", on=ON, by=clerk)
    actions.pass_households(posting, to=Posting.unscoped.get(number="G-0006"), on=ON, by=clerk)
    recalled = actions.decide_recall(posting, document_number="洛组发〔2016〕8号", reason="违反纪律", on=ON, by=clerk)
    assert (recalled.state, recalled.end_reason, recalled.ended_on) == ("recalled", "recalled", ON)
    # The handover follows the decision.
    assert handed_over(recalled, since=ON, on=dt.date(2016, 6, 8), by=clerk).is_complete
    assert Posting.unscoped.get(number="G-0001").state == "recalled"


def test_the_village_stays_bound_to_the_unit(posting: Posting, clerk: Actor) -> None:
    VillagePartner.unscoped.create(region=posting.region, unit=posting.unit, since=dt.date(2015, 1, 1), event=1)
    ended(posting, on=ON, reason="health", by=clerk)
    assert VillagePartner.unscoped.get().until is None


def test_without_a_handover_nothing_ends(posting: Posting, clerk: Actor) -> None:
    handover = actions.begin_handover(posting, facts={"projects": ["通村路：在建"]}, successor_name="村支书", on=ON, by=clerk)
    assert [item["code"] for item in handover.items] == list(CHECKLIST)
    with pytest.raises(actions.HandoverMissing, match=r"未核对.*移交人未签字、接收人未签字、镇办未监交"):
        actions.end_posting(posting, on=ON, reason="health", by=clerk)
    with pytest.raises(actions.HandoverRefused, match="还有项目没有核对"):
        actions.sign_handover(handover, signer="leaver", on=ON, by=clerk)
    with pytest.raises(actions.HandoverRefused, match="没有这些项目：treasure"):
        actions.check_items(handover, done=["treasure"], by=clerk)
    actions.check_items(handover, done=list(CHECKLIST), texts={"assets": "村委会钥匙两把"}, by=clerk)
    with pytest.raises(actions.NotSaid, match="签字人"):
        actions.sign_handover(handover, signer="friend", on=ON, by=clerk)
    with pytest.raises(actions.HandoverRefused, match="早于上一步"):
        actions.sign_handover(handover, signer="leaver", on=dt.date(2016, 5, 1), by=clerk)
    actions.sign_handover(handover, signer="leaver", on=ON, by=clerk)
    with pytest.raises(actions.HandoverRefused, match="已于 2016-06-01 签字"):
        actions.sign_handover(handover, signer="leaver", on=ON, by=clerk)
    with pytest.raises(actions.HandoverRefused, match="不能再改"):
        actions.check_items(handover, done=[], by=clerk)
    with pytest.raises(actions.HandoverRefused, match="都签字后才能监交"):
        actions.witness_handover(handover, witness="刘敏", on=ON, by=clerk)
    actions.sign_handover(handover, signer="successor", on=dt.date(2016, 6, 2), by=clerk)
    actions.witness_handover(handover, witness="刘敏", on=dt.date(2016, 6, 2), by=clerk)
    kept = Handover.unscoped.get()
    assert kept.is_complete and next(i["text"] for i in kept.items if i["code"] == "assets") == "村委会钥匙两把"
    assert actions.end_posting(posting, on=dt.date(2016, 6, 2), reason="promoted", by=clerk).state == "ended"


def test_the_town_signs_and_witnesses_a_stranger_does_not(posting: Posting, stranger: Actor, actor: Any) -> None:
    town = actor("town_party_admin", TOWN)
    assert handed_over(posting, since=dt.date(2016, 5, 20), on=ON, by=town).is_complete
    handover = Handover.unscoped.get()
    for by, error in ((stranger, NotVisible), (actor("posted_cadre", posting.region_id), Forbidden)):
        for act in (
            lambda by=by: actions.check_items(handover, done=[], by=by),
            lambda by=by: actions.sign_handover(handover, signer="leaver", on=ON, by=by),
            lambda by=by: actions.witness_handover(handover, witness="x", on=ON, by=by),
        ):
            with pytest.raises(error):
                act()


def test_an_end_leaves_the_host_and_stands_in_the_resume(county: Region, clerk: Actor, city_clerk: Actor, villages: list[str]) -> None:
    """The county decides of First Secretaries; the city's own are settled by the system, the county's at once."""
    city = Region.objects.get(pk=CITY)
    actions.appoint_officials(city, rows=roster(posting_row(1, villages[0]), posting_row(5, villages[1])), by=city_clerk)
    own, lent = Posting.unscoped.get(number="G-0001"), Posting.unscoped.get(number="G-0005")
    for posting in (own, lent):
        ended(posting, on=ON, reason="promoted", by=clerk)
    assert Cadre.unscoped.get(pk=own.cadre_id).host_region == ""
    assert Cadre.unscoped.get(pk=lent.cadre_id).host_region == villages[1]
    settle()
    assert Cadre.unscoped.get(pk=lent.cadre_id).host_region == ""
    settle()
    lines = ResumeItem.unscoped.filter(kind="posting").order_by("start_month", "unit_text")
    assert {(r.cadre_id, r.start_month, r.end_month, r.post_text) for r in lines} == {
        (own.cadre_id, "201507", "201606", "第一书记"), (lent.cadre_id, "201507", "201606", "第一书记"),
    }  # fmt: skip
    assert all(r.unit_text.startswith("洛南县") and not r.unit_text.startswith("陕西") for r in lines)
    with pytest.raises(NotVisible):
        actions.settle_ended(city, by=clerk)


def test_who_never_arrived_ends_without_handover_and_without_a_line(county: Region, clerk: Actor, villages: list[str]) -> None:
    actions.appoint_officials(county, rows=roster(posting_row(1, villages[0], **WAITING)), by=clerk)
    assert actions.end_posting(Posting.unscoped.get(), on=ON, reason="resigned", by=clerk).is_settled is False
    assert Posting.unscoped.get().is_settled and not ResumeItem.unscoped.filter(kind="posting").exists()


def test_a_full_term_completes(county: Region, clerk: Actor, villages: list[str]) -> None:
    dates = {"appointed_on": dt.date(2014, 3, 10), "arrived_on": dt.date(2014, 3, 12), "planned_end": dt.date(2016, 3, 9)}
    row = posting_row(1, villages[0], **{**WAITING, **dates})
    actions.appoint_officials(county, rows=roster(row), by=clerk)
    assert ended(Posting.unscoped.get(), on=dt.date(2016, 3, 9), reason="term_complete", by=clerk).state == "ended"


def test_who_follows_in_the_post_takes_the_households(
    posting: Posting, homes: dict[str, Household], clerk: Actor, poverty_clerk: Actor
) -> None:
    """Those a helper stood in for come to the new official too."""
    bound(posting, ["H1", "H2", "H4"], by=clerk)
    paired("H1", "张三", by=poverty_clerk)
    actions.leave_to_helpers(posting, on=ON, by=clerk)
    handed_over(posting, since=dt.date(2016, 5, 20), on=dt.date(2016, 5, 30), by=clerk)
    made = actions.replace_official(
        posting, cadre=Cadre.unscoped.get(name="吴刚"), number="G-0100", document_number="洛组发〔2016〕9号", on=ON,
        planned_end=dt.date(2018, 6, 1), reason="提拔使用", by=clerk,
    )  # fmt: skip
    now = PostedHousehold.unscoped.filter(posting=made, until__isnull=True)
    assert set(now.values_list("household__number", "since")) == {("H1", ON), ("H2", ON)}
    assert actions.end_posting(posting, on=ON, reason="promoted", by=clerk).state == "ended"


def test_an_adjusted_official_keeps_counting_the_months(posting: Posting, county: Region, clerk: Actor, villages: list[str]) -> None:
    handed_over(posting, since=dt.date(2016, 5, 20), on=dt.date(2016, 5, 30), by=clerk)
    said: dict[str, Any] = {
        "host": Region.objects.get(pk=villages[2]), "title": "第一书记", "duties": "抓产业", "number": "G-0200",
        "document_number": "洛组发〔2016〕9号", "on": ON, "reason": "工作需要", "by": clerk,
    }  # fmt: skip
    with pytest.raises(RowsRefused, match="不在 12 至 36 个月之间"):
        actions.adjust_posting(posting, planned_end=dt.date(2018, 11, 20), **said)
    for change, why in (
        ({"title": "副镇长"}, "不任“副镇长”"), ({"host": Region.objects.get(pk=TOWN)}, "不是本级可以调整到"), ({"host": posting.region}, "同一个职务"),
    ):  # fmt: skip
        with pytest.raises(actions.SuccessionRefused, match=why):
            actions.adjust_posting(posting, planned_end=dt.date(2017, 7, 19), **said | change)
    made = actions.adjust_posting(posting, planned_end=dt.date(2017, 7, 19), **said)
    old = Posting.unscoped.get(pk=posting.pk)
    assert (old.state, old.end_reason, made.predecessor_id, made.state) == ("ended", "adjusted", old.pk, "pending_arrival")
    assert Cadre.unscoped.get(pk=made.cadre_id).host_region == villages[2]
    actions.record_arrival(made, on=dt.date(2016, 6, 2), by=clerk)
    with pytest.raises(actions.TermTooLong, match="从 2015-07-20 起"):
        actions.extend_term(made, planned_end=dt.date(2018, 8, 1), document_number="x", reason="x", on=dt.date(2016, 6, 2), by=clerk)


def test_a_row_that_cannot_be_bound_or_passed_refuses_the_set(
    posting: Posting, homes: dict[str, Household], county: Region, clerk: Actor, poverty_clerk: Actor, villages: list[str], subtests: Any
) -> None:
    registered_households(villages[3], {"K1": "registered"}, by=poverty_clerk)
    bound(posting, ["H1"], by=clerk)
    base = {"number": "G-0001", "household_number": "H2", "since": dt.date(2015, 8, 1)}
    for change, why in (
        ({"number": "G-0404"}, "不在本级的挂职干部名册中"), ({"household_number": "X"}, "不在本级的贫困户名册中"),
        ({"household_number": "K1"}, "不在该干部的挂职地"), ({"household_number": "H1"}, "已由该干部包联"),
        ({"since": dt.date(2016, 6, 9)}, "晚于今天"), ({"since": dt.date(2015, 7, 1)}, "早于任职日期"),
    ):  # fmt: skip
        with subtests.test(why), pytest.raises(RowsRefused, match=why):
            actions.bind_households(county, rows=roster(base | change), by=clerk)
    with pytest.raises(RowsRefused, match="出现多次"):
        actions.bind_households(county, rows=roster(base, base), by=clerk)
    for change, why in (
        ({}, "没有写接续的人"), ({"household_number": "H2", "to_number": "G-0006"}, "现在不由任职编号 G-0001"),
        ({"to_number": "G-0006", "helper_name": "张三", "unit_code": "LN-001"}, "两个接续的人"), ({"to_number": "G-7"}, "不在本级"),
        ({"to_number": "G-0001"}, "就是原来的"), ({"helper_name": "张三"}, "没有写单位编码"),
        ({"helper_name": "张三", "unit_code": "LN-001"}, "现在不是户 H1 的帮扶责任人"),
        ({"to_number": "G-0006", "on": dt.date(2016, 6, 9)}, "晚于今天"), ({"to_number": "G-0006", "on": dt.date(2015, 7, 1)}, "早于包联起始日期"),
    ):  # fmt: skip
        with subtests.test(why), pytest.raises(RowsRefused, match=why):
            actions.assign_successors(county, rows=roster(passed("H1") | change), by=clerk)
    assert PostedHousehold.unscoped.get().until is None


def test_a_household_is_told_once(posting: Posting, homes: dict[str, Household], county: Region, clerk: Actor, stranger: Actor) -> None:
    bound(posting, ["H1"], by=clerk)
    assert actions.tell_households(county, households=[homes["H1"].pk, homes["H2"].pk], on=ON, by=clerk).count == 1
    assert actions.tell_households(county, households=[homes["H1"].pk], on=ON, by=clerk).count == 0
    with pytest.raises(NotVisible):
        actions.tell_households(Region.objects.get(pk=DANFENG), households=[homes["H1"].pk], on=ON, by=stranger)


def test_an_outsider_binds_and_passes_nothing(
    posting: Posting, homes: dict[str, Household], county: Region, stranger: Actor, actor: Any
) -> None:
    row = {"number": "G-0001", "household_number": "H2", "since": dt.date(2015, 8, 1)}
    town = Posting.unscoped.get(number="G-0006")
    for by, error in ((stranger, NotVisible), (actor("city_leader", CITY), Forbidden)):
        for act in (
            lambda by=by: actions.bind_households(county, rows=roster(row), by=by),
            lambda by=by: actions.assign_successors(county, rows=roster(passed("H1", to_number="G-0006")), by=by),
            lambda by=by: actions.pass_households(posting, to=town, on=ON, by=by),
            lambda by=by: actions.leave_to_helpers(posting, on=ON, by=by),
            lambda by=by: actions.tell_households(county, households=[], on=ON, by=by),
        ):
            with pytest.raises(error):
                act()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_household_is_ever_alone(
    posting: Posting, homes: dict[str, Household], county: Region, clerk: Actor, poverty_clerk: Actor, data: st.DataObject
) -> None:
    """Whatever is tried in whatever order: a household once bound has somebody, or is stably out of poverty."""
    numbers = st.lists(st.sampled_from(["H1", "H2", "H4"]), min_size=1, unique=True)
    step = {
        "leave": lambda: actions.leave_to_helpers(posting, on=ON, by=clerk),
        "pass": lambda: actions.pass_households(posting, to=Posting.unscoped.get(number="G-0006"), on=ON, by=clerk),
        "pair": lambda: paired(data.draw(numbers)[0], "张三", by=poverty_clerk),
        "successors": lambda: actions.assign_successors(
            county, rows=roster(*[passed(n, to_number="G-0006") for n in data.draw(numbers)]), by=clerk
        ),
        "end": lambda: ended(posting, on=ON, reason="health", by=clerk),
        "end the town's": lambda: ended(Posting.unscoped.get(number="G-0006"), on=ON, reason="health", by=_city(clerk)),
        "recall": lambda: (
            actions.propose_recall(posting, reason="health", facts="x", on=ON, by=clerk),
            actions.hear_official(posting, statement="x", on=ON, by=clerk),
            actions.decide_recall(posting, reason="x", on=ON, by=clerk),
        ),
    }
    with transaction.atomic():
        bound(posting, ["H1", "H2", "H4"], by=clerk)
        for name in data.draw(st.lists(st.sampled_from(list(step)), max_size=6)):
            with contextlib.suppress(Refused), transaction.atomic():
                step[name]()
            for number in ("H1", "H2", "H4"):
                home = Household.unscoped.get(number=number)
                held = PostedHousehold.unscoped.filter(household=home, until__isnull=True, posting__ended_on__isnull=True)
                helped = Pairing.unscoped.filter(household=home, until__isnull=True)
                assert home.state in RELEASED or held.exists() or helped.exists(), (name, number)
        transaction.set_rollback(True)
