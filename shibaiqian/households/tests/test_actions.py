"""The register is written once, whole, by whoever may, and a person stands in it once."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.reasons import ReasonMissing
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.audit.models import Event
from shibaiqian.base import crypto
from shibaiqian.households.actions import (
    IncomeWrong,
    correct_income,
    install_poverty_lines,
    keep_incomes,
    register_households,
    register_members,
    reveal_id_number,
)
from shibaiqian.households.models import Cause, Household, HouseholdPrivate, HouseholdState, IncomeYear, Member, MemberPrivate, PovertyLine
from shibaiqian.households.tests.rosters import household, households_sheet, income, incomes_sheet, member, members_sheet
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
LAST_EXIT = dt.date(2014, 12, 31)


def counts() -> dict[str, int]:
    tables = (Household, HouseholdPrivate, HouseholdState, Cause, Member, MemberPrivate, IncomeYear)
    return {table.__name__: table.unscoped.count() for table in tables}


def test_a_household_comes_in_with_its_states_causes_and_phone(luonan: Region, village: str, clerk: Any) -> None:
    written = register_households(
        luonan,
        rows=households_sheet(
            household(
                "H1",
                village,
                state="stable_exit",
                exited_on=LAST_EXIT,
                stable_on=dt.date(2015, 11, 20),
                other_causes="07|09",
                phone="13912345678",
            )
        ),
        by=clerk,
    )

    kept = Household.unscoped.get()
    assert (written.count, list(written.regions)) == (1, [village])
    assert (kept.region_id, kept.pinyin, kept.initials, kept.state, kept.opening, kept.farmland_centimu) == (
        village, "wangjianguo", "wjg", "stable_exit", True, 350,
    )  # fmt: skip
    states = list(HouseholdState.unscoped.order_by("since").values_list("state", "since", "until"))
    assert states == [
        ("registered", dt.date(2014, 3, 20), LAST_EXIT),
        ("exited", LAST_EXIT, dt.date(2015, 11, 20)),
        ("stable_exit", dt.date(2015, 11, 20), None),
    ]
    assert set(Cause.unscoped.values_list("cause", "is_main")) == {("01", True), ("07", False), ("09", False)}
    assert {row.region_id for table in (HouseholdState, Cause, HouseholdPrivate) for row in table.unscoped.all()} == {village}
    assert crypto.unseal(bytes(HouseholdPrivate.unscoped.get().phone_sealed), row=str(kept.pk)) == "13912345678"


def test_a_relapsed_household_keeps_every_state_it_had(luonan: Region, village: str, clerk: Any) -> None:
    row = household("H1", village, state="relapsed", exited_on=LAST_EXIT, relapsed_on=dt.date(2016, 2, 1))
    register_households(luonan, rows=households_sheet(row), by=clerk)
    assert list(HouseholdState.unscoped.order_by("since").values_list("state", flat=True)) == ["registered", "exited", "relapsed"]


def test_members_come_in_with_their_numbers_sealed(one_household: Household, village: str) -> None:
    head = Member.unscoped.get(relation="户主")
    private = MemberPrivate.unscoped.get(pk=head.pk)
    number = crypto.unseal(bytes(private.id_sealed), row=str(head.pk))

    assert (head.region_id, head.joined_on, head.id_last4) == (village, dt.date(2014, 3, 20), number[-4:])
    assert bytes(private.id_blind) == crypto.blind(number)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from households_member m where m::text like '%%' || %s || '%%'", [number])
        assert cursor.fetchone() == (0,)


def test_one_bad_row_leaves_the_register_as_it_was(luonan: Region, village: str, clerk: Any) -> None:
    before = counts()
    with pytest.raises(RowsRefused) as refused:
        register_households(luonan, rows=households_sheet(household("H1", village), household("H2", village, member_count=0)), by=clerk)
    assert counts() == before
    (finding,) = refused.value.findings.refusals()
    assert (finding.sheet, finding.row, finding.column) == ("名册", 3, "家庭人口")


@pytest.mark.parametrize("register", ["households", "members", "incomes"])
def test_loading_the_same_roster_again_writes_nothing(
    register: str, one_household: Household, luonan: Region, village: str, clerk: Any
) -> None:
    people = [member("H1"), member("H1", sequence=2, name="李秀英", sex="女", relation="配偶", health="残疾")]
    people[1]["disability_number"] = people[1]["id_number"] + "43"
    again = {
        "households": lambda: register_households(
            luonan, rows=households_sheet(household("H1", village, member_count=2, phone="13900000000")), by=clerk
        ),
        "members": lambda: register_members(luonan, rows=members_sheet(*people), by=clerk),
        "incomes": lambda: keep_incomes(luonan, rows=incomes_sheet(income("H1")), by=clerk),
    }[register]
    if register == "incomes":
        again()
    before = counts()

    written = again()

    assert (written.count, counts()) == (0, before)
    assert Event.objects.order_by("-pk")[0].details["unchanged"] >= 1


def test_what_the_register_has_otherwise_is_not_rewritten(one_household: Household, luonan: Region, village: str, clerk: Any) -> None:
    for attempt in (
        lambda: register_households(luonan, rows=households_sheet(household("H1", village, member_count=3, phone="13900000000")), by=clerk),
        lambda: register_members(luonan, rows=members_sheet(member("H1", education="初中")), by=clerk),
    ):
        with pytest.raises(RowsRefused, match=r"已经登记在册，与本行不同的有：(家庭人口|文化程度)。"):
            attempt()


def test_a_person_of_another_county_is_refused_without_naming_the_place(
    one_household: Household, danfeng: Region, other_village: str, stranger: Any
) -> None:
    register_households(danfeng, rows=households_sheet(household("D1", other_village)), by=stranger)
    before = counts()

    with pytest.raises(RowsRefused, match=r"^已在建档立卡名册中，由市级核定。$") as refused:
        register_members(danfeng, rows=members_sheet(member("D1")), by=stranger)

    assert counts() == before
    said = str([vars(finding) for finding in refused.value.findings])
    assert not any(word in said for word in ("洛南", "611021", "H1"))
    clue = Event.objects.get(action="households.person_taken")
    assert (clue.outcome, clue.region, len(clue.details["id_blinds"])) == ("refused", "611022", 1)


def test_a_household_number_of_another_county_is_refused_without_naming_the_place(
    one_household: Household, danfeng: Region, other_village: str, stranger: Any
) -> None:
    with pytest.raises(RowsRefused, match="由市级核定"):
        register_households(danfeng, rows=households_sheet(household("H1", other_village)), by=stranger)
    assert Event.objects.filter(action="households.number_taken").exists()


def test_a_county_does_not_write_into_another(one_household: Household, luonan: Region, village: str, stranger: Any) -> None:
    before = counts()
    for attempt in (
        lambda: register_households(luonan, rows=households_sheet(household("H2", village)), by=stranger),
        lambda: register_members(luonan, rows=members_sheet(member("H1", sequence=7)), by=stranger),
        lambda: keep_incomes(luonan, rows=incomes_sheet(income("H1")), by=stranger),
    ):
        with pytest.raises(NotVisible):
            attempt()
    assert counts() == before


def test_a_village_of_another_county_in_the_roster_is_refused(danfeng: Region, village: str, stranger: Any) -> None:
    with pytest.raises(RowsRefused, match="不在丹凤县"):
        register_households(danfeng, rows=households_sheet(household("H2", village)), by=stranger)


def test_whoever_only_looks_does_not_register(luonan: Region, village: str, actor: Any) -> None:
    with pytest.raises(Forbidden):
        register_households(luonan, rows=households_sheet(household("H2", village)), by=actor("county_org_admin", "611021"))


def test_a_form_sends_one_household_and_its_member(luonan: Region, village: str, clerk: Any) -> None:
    register_households(luonan, rows=Rows.of_form(**household("F1", village)), by=clerk)
    register_members(luonan, rows=Rows.of_form(**member("F1")), by=clerk)
    assert counts() | {"Household": 1, "Member": 1, "MemberPrivate": 1} == counts()


def test_a_form_is_told_which_field_is_wrong(luonan: Region, village: str, clerk: Any) -> None:
    register_households(luonan, rows=Rows.of_form(**household("F1", village)), by=clerk)
    wrong = member("F1", labour="什么都行", name="")
    wrong["id_number"] = wrong["id_number"][:17] + ("0" if wrong["id_number"][17] != "0" else "1")
    with pytest.raises(RowsRefused) as refused:
        register_members(luonan, rows=Rows.of_form(**wrong), by=clerk)
    assert {(f.row, f.column) for f in refused.value.findings.refusals()} >= {(None, "劳动能力"), (None, "姓名"), (None, "身份证号")}


def test_a_third_member_of_a_household_of_two_is_refused(one_household: Household, luonan: Region, clerk: Any) -> None:
    with pytest.raises(RowsRefused, match="登记家庭人口 2 人"):
        register_members(luonan, rows=Rows.of_form(**member("H1", sequence=3, name="王小明", relation="之子")), by=clerk)


def test_a_second_head_is_refused(one_household: Household, luonan: Region, clerk: Any) -> None:
    with pytest.raises(RowsRefused) as refused:
        register_members(luonan, rows=Rows.of_form(**member("H1", sequence=3)), by=clerk)
    assert any("有 2 个户主" in finding.message for finding in refused.value.findings.refusals())


def test_an_income_is_computed_by_the_database(one_household: Household, luonan: Region, village: str, clerk: Any) -> None:
    keep_incomes(luonan, rows=incomes_sheet(income("H1", member_count=3)), by=clerk)
    kept = IncomeYear.unscoped.get()
    assert (kept.net_per_head_cents, kept.region_id) == ((200_000 + 80_000 + 30_000 - 20_000) // 3, village)


def test_another_amount_of_a_kept_year_goes_by_correction_only(one_household: Household, luonan: Region, clerk: Any) -> None:
    keep_incomes(luonan, rows=incomes_sheet(income("H1")), by=clerk)
    with pytest.raises(RowsRefused, match="工资性收入"):
        keep_incomes(luonan, rows=incomes_sheet(income("H1", wage_cents=1)), by=clerk)

    first = IncomeYear.unscoped.get()
    corrected = correct_income(first, values={"wage_cents": 150_000}, reason="漏扣路费", by=clerk)

    first.refresh_from_db()
    assert (corrected.supersedes, corrected.wage_cents, corrected.operation_cents) == (first.pk, 150_000, 80_000)
    assert first.voided_by == corrected.event
    assert Event.objects.get(action="households.correct_income").details["before"]["wage_cents"] == 200_000


@pytest.mark.parametrize(
    ("values", "reason", "refusal"),
    [({"wage_cents": 1}, " ", ReasonMissing), ({"wage_cents": -1}, "x", IncomeWrong), ({}, "x", IncomeWrong),
     ({"member_count": 0}, "x", IncomeWrong), ({"wage_cents": 200_000}, "x", IncomeWrong), ({"id": 1}, "x", IncomeWrong)],
)  # fmt: skip
def test_a_correction_says_something_and_why(
    values: Any, reason: str, refusal: Any, one_household: Household, luonan: Region, clerk: Any
) -> None:
    keep_incomes(luonan, rows=incomes_sheet(income("H1")), by=clerk)
    with pytest.raises(refusal):
        correct_income(IncomeYear.unscoped.get(), values=values, reason=reason, by=clerk)


def test_another_county_neither_corrects_nor_reveals(
    one_household: Household, luonan: Region, head: Member, clerk: Any, stranger: Any
) -> None:
    keep_incomes(luonan, rows=incomes_sheet(income("H1")), by=clerk)
    with pytest.raises(NotVisible):
        correct_income(IncomeYear.unscoped.get(), values={"wage_cents": 1}, reason="x", by=stranger)
    with pytest.raises(NotVisible):
        reveal_id_number(head, reason="核对", by=stranger)


def test_a_number_is_revealed_with_a_reason_and_recorded_without_the_number(head: Member, clerk: Any, actor: Any) -> None:
    number = reveal_id_number(head, reason="核对证件", by=clerk)

    event = Event.objects.get(action="households.reveal_id_number")
    assert number == member("H1")["id_number"]
    assert (event.details["reason"], number in event.canonical) == ("核对证件", False)
    with pytest.raises(ReasonMissing):
        reveal_id_number(head, reason=" 看 看 ", by=clerk)
    with pytest.raises(Forbidden):
        reveal_id_number(head, reason="核对证件", by=actor("auditor", "611021"))


def test_the_same_queries_for_one_row_and_for_three(luonan: Region, village: str, clerk: Any) -> None:
    def asked(start: int, height: int) -> tuple[int, int]:
        numbers = [f"Q{at}" for at in range(start, start + height)]
        with CaptureQueriesContext(connection) as homes:
            register_households(luonan, rows=households_sheet(*(household(n, village) for n in numbers)), by=clerk)
        people = [member(n, sequence=start + at) for at, n in enumerate(numbers)]
        with CaptureQueriesContext(connection) as persons:
            register_members(luonan, rows=members_sheet(*people), by=clerk)
        return len(homes), len(persons)

    asked(1, 1)
    assert asked(10, 1) == asked(20, 3)


def test_poverty_lines_are_installed_once_and_edited_ones_stay() -> None:
    PovertyLine.objects.all().delete()
    assert install_poverty_lines() == 13
    PovertyLine.objects.filter(jurisdiction="00", year=2016, purpose="identify").update(value_cents=300_000)
    assert install_poverty_lines() == 0
    assert PovertyLine.objects.get(jurisdiction="00", year=2016, purpose="identify").value_cents == 300_000
    assert list(PovertyLine.objects.filter(verified=True).order_by("value_cents").values_list("value_cents", flat=True)) == [
        230_000,
        250_000,
        285_500,
    ]


def test_two_clerks_at_once_and_the_person_stands_once(committed: None, luonan: Region, village: str, actor: Any) -> None:
    clerks = [actor("county_poverty_admin", "611021"), actor("county_poverty_admin", "611021")]
    register_households(luonan, rows=households_sheet(household("T1", village)), by=clerks[0])
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def load(clerk: Any) -> None:
        start.wait()
        try:
            written = register_members(luonan, rows=members_sheet(member("T1")), by=clerk)
            outcomes.append(f"wrote {written.count}")
        except RowsRefused as refused:
            outcomes.append(str(refused))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=load, args=(clerk,)) for clerk in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with acting(clerks[0]):
        assert Member.objects.visible_to(clerks[0]).count() == 1
    assert "wrote 1" in outcomes
    assert len(set(outcomes)) == 2
