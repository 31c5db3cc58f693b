"""Target letters: sound, signed by three, changed only by a signed amendment, and filled from the records."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.rows import RowsRefused
from shibaiqian.cadres.tests.factories import LUONAN
from shibaiqian.indicators.actions import move_figure
from shibaiqian.postings.actions import appoint_officials
from shibaiqian.postings.models import Posting, TargetLetter
from shibaiqian.postings.targets.actions import (
    LetterThere,
    SignedAlready,
    TargetsUnsound,
    amend_targets,
    draft_targets,
    offer_targets,
    register_targets,
    report_reached,
    revise_targets,
    sign_targets,
    withdraw_targets,
)
from shibaiqian.postings.targets.queries import letter_file
from shibaiqian.postings.targets.rules import LETTER, Item, faults, period, reached_percent
from shibaiqian.postings.tests.factories import install, posting_row, roster
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
DUE = dt.date(2016, 12, 31)
ITEMS = [
    Item("办成实事", 60, "件", 40, DUE, indicator="practical_services"),
    Item("修通组道路", 3, "公里", 60, DUE),
]


@pytest.fixture
def village() -> str:
    return str(Region.objects.filter(code__gte=LUONAN, code__lt=f"{LUONAN}:", level="village").order_by("code")[0].code)


@pytest.fixture
def posting(actor: Any, village: str) -> Posting:
    install(actor)
    appoint_officials(Region.objects.get(pk=LUONAN), rows=roster(posting_row(1, village)), by=actor("county_org_admin", LUONAN))
    found: Posting = Posting.unscoped.get()
    return found


@pytest.fixture
def town(actor: Any, village: str) -> Actor:
    by: Actor = actor("town_party_admin", village[:9])
    return by


def the_three(actor: Any, posting: Posting) -> tuple[Actor, Actor, Actor]:
    place = posting.region_id
    return (
        actor("posted_cadre", place),
        actor("host_unit_leader", place, name="书记"),
        actor("sending_unit_admin", unit=posting.unit_id, name="科长"),
    )


def signed(actor: Any, posting: Posting, town: Actor) -> TargetLetter:
    letter = offer_targets(draft_targets(posting, scope="annual", year=2016, items=ITEMS, by=town), by=town)
    for by in the_three(actor, posting):
        letter = sign_targets(letter, by=by)
    return letter


def test_a_letter_stands_with_the_third_signature_and_not_before(actor: Any, posting: Posting, town: Actor) -> None:
    letter = offer_targets(draft_targets(posting, scope="annual", year=2016, items=ITEMS, by=town), by=town)
    first, second, third = the_three(actor, posting)
    assert sign_targets(letter, by=first).state == "signing"
    assert sign_targets(letter, by=second).state == "signing"
    letter = sign_targets(letter, by=third)
    assert letter.state == "signed" and (letter.host_signer, letter.unit_signer) == ("书记", "科长")


def test_nobody_signs_twice_or_for_another(actor: Any, posting: Posting, town: Actor) -> None:
    letter = offer_targets(draft_targets(posting, scope="annual", year=2016, items=ITEMS, by=town), by=town)
    official, _host, unit = the_three(actor, posting)
    sign_targets(letter, by=official)
    with pytest.raises(SignedAlready, match="不用再签"):
        sign_targets(letter, by=official)
    with pytest.raises(Forbidden):
        sign_targets(letter, by=town)
    stand_in = Actor(user_id=unit.user_id, name="代理", role=official.role, scope=official.scope, standing_in_for="王朝辉")
    with pytest.raises(SignedAlready, match="不能代签"):
        sign_targets(letter, by=stand_in)


def test_another_village_and_another_unit_find_no_letter(actor: Any, posting: Posting, town: Actor) -> None:
    letter = draft_targets(posting, scope="annual", year=2016, items=ITEMS, by=town)
    with pytest.raises(NotVisible):
        sign_targets(letter, by=actor("host_unit_leader", "611022101"))
    with pytest.raises(NotVisible):
        offer_targets(letter, by=actor("county_org_admin", "611022"))


def test_a_signed_letter_changes_only_by_a_signed_amendment(actor: Any, posting: Posting, town: Actor) -> None:
    letter = signed(actor, posting, town)
    with pytest.raises(StepNotOpen, match="已签订"):
        revise_targets(letter, items=ITEMS, by=town)
    newer = amend_targets(letter, items=[*ITEMS[:1], Item("修桥", 1, "座", 60, DUE)], reason="省道改线，道路由交通局修", by=town)
    assert TargetLetter.unscoped.get(pk=letter.pk).state == "signed"  # until the amendment is signed
    newer = offer_targets(newer, by=town)
    for by in the_three(actor, posting):
        newer = sign_targets(newer, by=by)
    assert (newer.state, newer.version, TargetLetter.unscoped.get(pk=letter.pk).state) == ("signed", 2, "amended")


def test_one_amendment_at_a_time(actor: Any, posting: Posting, town: Actor) -> None:
    letter = signed(actor, posting, town)
    amend_targets(letter, items=ITEMS, reason="重新核定", by=town)
    with pytest.raises(LetterThere, match="正在办理"):
        amend_targets(letter, items=ITEMS, reason="重新核定", by=town)


def test_a_letter_taken_back_is_signed_anew(actor: Any, posting: Posting, town: Actor) -> None:
    letter = offer_targets(draft_targets(posting, scope="annual", year=2016, items=ITEMS, by=town), by=town)
    sign_targets(letter, by=the_three(actor, posting)[0])
    letter = withdraw_targets(letter, reason="目标偏低", by=town)
    assert letter.state == "draft" and letter.signed_by_official_on is None


def test_a_second_letter_for_the_year_is_refused(posting: Posting, town: Actor) -> None:
    draft_targets(posting, scope="annual", year=2016, items=ITEMS, by=town)
    with pytest.raises(LetterThere):
        draft_targets(posting, scope="annual", year=2016, items=ITEMS, by=town)


def test_progress_fills_itself_from_the_records(actor: Any, posting: Posting, town: Actor) -> None:
    letter = draft_targets(posting, scope="annual", year=2016, items=ITEMS, by=town)
    with acting(town):
        move_figure("practical_services", region=posting.region_id, by=15)
        file = letter_file(town, letter.pk)
        assert [(p.now, p.percent) for p in file.items] == [(15, 25), (None, None)]
        road = file.items[1].item
    official = the_three(actor, posting)[0]
    with pytest.raises(TargetsUnsound, match="自动统计"):
        report_reached(file.items[0].item, reached=5, on=dt.date(2016, 6, 1), by=official)
    report_reached(road, reached=1, on=dt.date(2016, 6, 1), by=official)
    with acting(town):
        file = letter_file(town, letter.pk)
    assert file.items[1].percent == 33 and file.percent == (25 * 40 + 33 * 60) // 100


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], "至少填写一项"),
        ([ITEMS[0]], "权重合计 40"),
        ([Item("", 3, "件", 100, DUE)], "没有写目标任务"),
        ([Item("甲", 0, "件", 100, DUE)], "不高于基数"),
        ([Item("甲", 3, "", 100, DUE)], "没有写单位"),
        ([Item("甲", 3, "件", 100, dt.date(2017, 1, 1))], "不在责任书期间"),
        ([Item("甲", 3, "件", 100, DUE, indicator="counties")], "不在指标目录"),
    ],
)
def test_unsound_items_are_refused_in_words(posting: Posting, town: Actor, items: list[Item], said: str) -> None:
    with pytest.raises(TargetsUnsound, match=said):
        draft_targets(posting, scope="annual", year=2016, items=items, by=town)
    assert not TargetLetter.unscoped.exists()


@pytest.mark.parametrize("state", LETTER.states)
def test_every_state_takes_the_steps_of_its_flow_and_no_other(actor: Any, posting: Posting, town: Actor, state: str) -> None:
    letter = draft_targets(posting, scope="annual", year=2016, items=ITEMS, by=town)
    official = the_three(actor, posting)[0]
    steps: dict[str, Any] = {
        "revise_targets": lambda row: revise_targets(row, items=ITEMS, by=town),
        "offer_targets": lambda row: offer_targets(row, by=town),
        "withdraw_targets": lambda row: withdraw_targets(row, reason="重拟", by=town),
        "sign_targets": lambda row: sign_targets(row, by=official),
        "amend_targets": lambda row: amend_targets(row, items=ITEMS, reason="重拟", by=town),
    }
    assert set(LETTER.steps) - set(steps) == {"replace_targets"}  # happens with the amendment's last signature
    for step, act in steps.items():
        TargetLetter.unscoped.filter(pk=letter.pk).update(state=state, signed_by_official_on=None)
        row = TargetLetter.unscoped.get(pk=letter.pk)
        if (state, step) in LETTER.table:
            act(row)
        else:
            with pytest.raises(StepNotOpen):
                act(row)
            assert TargetLetter.unscoped.get(pk=letter.pk).state == state


def test_a_year_is_cut_to_the_posting() -> None:
    begins, ends = dt.date(2015, 7, 20), dt.date(2017, 7, 19)
    assert period("annual", 2015, begins=begins, ends=ends) == (begins, dt.date(2015, 12, 31))
    assert period("annual", 2016, begins=begins, ends=ends) == (dt.date(2016, 1, 1), DUE)
    assert period("term", None, begins=begins, ends=ends) == (begins, ends)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_progress_lies_between_nothing_and_all(baseline: int, target: int, now: int) -> None:
    percent = reached_percent(baseline=baseline, target=target, now=now)
    assert percent is not None and 0 <= percent <= 100
    assert (percent == 100) == (now >= target)


def test_sound_items_have_no_faults() -> None:
    assert faults(ITEMS, first=dt.date(2016, 1, 1), last=DUE, indicators=["practical_services"]) == []


def target_row(seq: int, **more: Any) -> dict[str, Any]:
    return {
        "number": "G-0001", "scope": "annual", "year": 2016, "seq": seq, "text": "办成实事", "indicator": "practical_services", "baseline": 0,
        "target": 60, "measure": "件", "weight": 50, "due_on": DUE, "signed_on": dt.date(2016, 2, 1), "host_signer": "吴明德", "unit_signer": "周涛",
        **more,
    }  # fmt: skip


def test_letters_signed_on_paper_stand_as_signed(actor: Any, posting: Posting) -> None:
    by = actor("county_org_admin", LUONAN)
    register_targets(Region.objects.get(pk=LUONAN), rows=roster(target_row(1), target_row(2, indicator=None, text="修路")), by=by)
    with acting(by):
        letter = TargetLetter.objects.visible_to(by).get()
        assert (letter.state, letter.signed_by_unit_on) == ("signed", dt.date(2016, 2, 1))
        assert [p.item.weight for p in letter_file(by, letter.pk).items] == [50, 50]


@pytest.mark.parametrize(
    ("more", "said"),
    [({"weight": 40}, "权重合计 90"), ({"number": "G-9"}, "不在挂职干部名册中"), ({"target": 0}, "不高于基数"), ({"due_on": dt.date(2018, 1, 1)}, "不在任期")],
)  # fmt: skip
def test_a_roster_of_targets_is_refused_in_words(actor: Any, posting: Posting, more: dict[str, Any], said: str) -> None:
    rows = roster(target_row(1), target_row(2, **more))
    with pytest.raises(RowsRefused) as refused:
        register_targets(Region.objects.get(pk=LUONAN), rows=rows, by=actor("county_org_admin", LUONAN))
    assert said in " ".join(finding.message for finding in refused.value.findings.refusals())
    assert not TargetLetter.unscoped.exists()


def test_a_second_roster_for_the_year_writes_nothing(actor: Any, posting: Posting) -> None:
    by = actor("county_org_admin", LUONAN)
    rows = roster(target_row(1, weight=100))
    register_targets(Region.objects.get(pk=LUONAN), rows=rows, by=by)
    with pytest.raises(LetterThere, match="G-0001"):
        register_targets(Region.objects.get(pk=LUONAN), rows=rows, by=by)
