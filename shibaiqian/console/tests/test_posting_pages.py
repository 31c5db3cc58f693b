"""The file of a posting: what is shown, which buttons a role has, and each step through its form."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest

from shibaiqian.access.actor import Actor, acting
from shibaiqian.access.roles import Role
from shibaiqian.access.scope import Scope
from shibaiqian.audit.models import Event
from shibaiqian.base.ids import new_id
from shibaiqian.console.handover import handover_facts, handover_pack
from shibaiqian.console.posting_pages import export_handover
from shibaiqian.console.posting_steps import STEP_FORMS
from shibaiqian.console.tests import factories
from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, client, sign_in, text
from shibaiqian.console.todo import todos
from shibaiqian.documents.gongwen import texts
from shibaiqian.documents.models import IssuedDocument, Issuer
from shibaiqian.documents.register import paper_of
from shibaiqian.policy.actions import install_defaults
from shibaiqian.postings.models import Handover, PostedHousehold, Posting
from shibaiqian.postings.queries import REMINDERS, posts_to_refill, reminded, unattended_households
from shibaiqian.postings.rules import CHECKLIST, POSTING, STEPS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _policy(db: None) -> None:
    install_defaults()


ORG = "county_org_admin"


def clerk(region: str = COUNTY, role: Role = Role.COUNTY_ORG_ADMIN) -> Actor:
    return Actor(user_id=None, name="干部科", role=role, scope=Scope(region=region))


def press(browser: Any, posting: Posting, step: str, **said: Any) -> Any:
    return browser.post(f"/postings/{posting.pk}/{step}/", said)


def test_the_file_says_what_happened_and_who_is_bound(world: World) -> None:
    said = text(client(ORG, world).get(f"/postings/{world.posting.pk}/"))
    for words in ("长期病假", "第0012号", "未回执", "陈新志", "1 户未稳定脱贫", "乡镇工作补贴", "300", "未核对", "通组路：在建"):
        assert words in said, words


def test_every_step_of_the_flow_has_its_form() -> None:
    assert set(STEPS) <= set(STEP_FORMS)


@pytest.mark.parametrize("state", POSTING.states)
def test_buttons_are_the_open_steps_of_the_role(world: World, state: str) -> None:
    ended = dt.date(2016, 6, 1) if state in ("ended", "recalled") else None
    Posting.unscoped.filter(pk=world.posting.pk).update(state=state, ended_on=ended)
    Handover.unscoped.all().delete()
    for role, decides in ((ORG, True), ("city_leader", False)):
        said = text(client(role, world).get(f"/postings/{world.posting.pk}/"))
        for step in STEPS:
            shown = f"/postings/{world.posting.pk}/{step}/" in said
            assert shown == (decides and step in POSTING.open_steps(state)), (role, step)


def test_a_recall_goes_through_the_forms(world: World) -> None:
    browser, posting = client(ORG, world), world.posting
    assert "召回原因" in text(browser.get(f"/postings/{posting.pk}/propose_recall/"))
    refused = press(browser, posting, "propose_recall", reason="not_resident", facts="", on="2016-06-01")
    assert refused.status_code == 422
    early = press(browser, posting, "propose_recall", reason="not_resident", facts="x", on="2014-01-01")
    assert early.status_code == 422 and "早于" in text(early)
    assert press(browser, posting, "propose_recall", reason="not_resident", facts="五月驻村三天", on="2016-06-01").status_code == 302
    assert press(browser, posting, "propose_recall", reason="not_resident", facts="x", on="2016-06-01").status_code == 422
    assert press(browser, posting, "hear_official", statement="家人住院", on="2016-06-02").status_code == 302
    left = press(browser, posting, "decide_recall", reason="x", on="2016-06-02")
    assert left.status_code == 422 and "不脱贫不脱钩" in text(left) and "陈新志" in text(left)
    assert press(browser, posting, "leave_to_helpers", on="2016-06-02").status_code == 302
    unsigned = press(browser, posting, "decide_recall", reason="不按规定驻村", on="2016-06-02")
    assert unsigned.status_code == 422 and "发文机关名册" in text(unsigned)
    body = Issuer(unit=posting.unit, region_id=COUNTY, sign="洛组发", red_head="中共洛南县委组织部文件", seal_name="中共洛南县委组织部")
    body.save()
    assert press(browser, posting, "decide_recall", reason="不按规定驻村", on="2016-06-02").status_code == 302
    letter = IssuedDocument.unscoped.get(kind="recall")
    assert (letter.number, letter.unit_id, letter.title) == (
        "洛组发〔2016〕1号",
        posting.unit_id,
        f"挂职干部召回通知书（{posting.cadre_name}）",
    )
    said = "".join(texts(paper_of(letter)))
    assert "2016年6月2日听取了本人的陈述" in said and "15个工作日内另行选派" in said and "该同志不按规定驻村。" in said
    unit = sign_in("sending_unit_admin", unit=posting.unit_id)
    for reader in (browser, unit):
        assert f"/documents/{letter.pk}/pdf/" in text(reader.get(f"/postings/{posting.pk}/"))
        assert reader.get(f"/documents/{letter.pk}/docx/").status_code == 200
    assert sign_in(ORG, OTHER_COUNTY).get(f"/documents/{letter.pk}/pdf/").status_code == 404
    assert f"/documents/{letter.pk}/" not in text(sign_in("town_party_admin", posting.region_id[:9]).get(f"/postings/{posting.pk}/"))
    posting.refresh_from_db()
    assert posting.state == "recalled" and PostedHousehold.unscoped.get(posting=posting).successor_helper is not None
    assert "家人住院" in text(browser.get(f"/postings/{posting.pk}/"))


def test_a_handover_goes_through_the_forms(world: World) -> None:
    Handover.unscoped.all().delete()
    browser, posting = client(ORG, world), world.posting
    form = text(browser.get(f"/postings/{posting.pk}/begin_handover/"))
    assert "接续的挂职干部" in form
    said = {"successor": "", "successor_name": "村支书", "on": "2016-06-01"}
    assert press(browser, posting, "begin_handover", **said).status_code == 302
    items = {item["code"]: item["text"] for item in Handover.unscoped.get().items}
    assert "通组道路硬化" in items["projects"] and "待确认" in items["promises"]
    ticks = {f"done_{code}": "on" for code in CHECKLIST} | {"text_assets": "钥匙两把"}
    assert press(browser, posting, "check_items", **ticks).status_code == 302
    for signer in ("leaver", "successor"):
        assert press(browser, posting, "sign_handover", signer=signer, on="2016-06-02").status_code == 302
    town = sign_in("town_party_admin", posting.region_id[:9])
    assert press(town, posting, "witness_handover", witness="刘敏", on="2016-06-02").status_code == 302
    assert "不足 5 个工作日" in text(browser.get(f"/postings/{posting.pk}/"))
    file = browser.post(f"/postings/{posting.pk}/handover.xlsx")
    assert file.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).active
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert "陈新志" in cells and "通组道路硬化" in cells and "钥匙两把" in cells
    assert Event.objects.filter(action="console.export_handover").exists()
    assert browser.get(f"/postings/{posting.pk}/handover.xlsx").status_code == 405


def test_support_letters_and_telling_go_through_the_forms(world: World) -> None:
    browser, posting = client(ORG, world), world.posting
    assert (
        press(browser, posting, "record_support", kind="insurance", on="2016-06-01", amount="120.50", provider="县财政局").status_code
        == 302
    )
    assert posting.support.get(kind="insurance").amount_cents == 12_050
    assert press(browser, posting, "tell_households", on="2016-06-01").status_code == 302
    assert PostedHousehold.unscoped.get(posting=posting).told_on == dt.date(2016, 6, 1)
    for step in ("extend_term", "suspend_posting", "waive_handover", "issue_party_letters", "pass_households"):
        assert browser.get(f"/postings/{posting.pk}/{step}/").status_code in (200, 302), step
    # What the state does not have leads back to the page.
    assert browser.get(f"/postings/{posting.pk}/end_posting/").status_code == 302
    assert browser.get(f"/postings/{posting.pk}/dance/").status_code == 404


def test_every_form_opens_in_a_state_that_offers_it(world: World) -> None:
    browser, posting = client(ORG, world), world.posting
    for (state, step), _ in POSTING.table.items():
        ended = dt.date(2016, 6, 1) if state in ("ended", "recalled") else None
        Posting.unscoped.filter(pk=posting.pk).update(state=state, ended_on=ended)
        Handover.unscoped.filter(posting=posting).delete()
        answer = browser.get(f"/postings/{posting.pk}/{step}/")
        assert answer.status_code == 200, (state, step)
        assert "<form" in text(answer)


def test_ready_postings_end_together_and_a_second_click_does_nothing(world: World) -> None:
    browser, posting = client(ORG, world), world.posting
    page = text(browser.get("/postings/endings/"))
    assert "没有任期届满" in page, "the term is not over and nothing is handed over"
    Posting.unscoped.filter(pk=posting.pk).update(state="handing_over")
    page = text(browser.get("/postings/endings/"))
    assert "未核对" in page and "1 户还没有稳定脱贫" in page and f'value="{posting.pk}"' not in page
    said = {"posting": [str(posting.pk)], "reason": "health", "on": "2016-06-02", "operation": str(new_id())}
    refused = browser.post("/postings/endings/", said)
    assert refused.status_code == 422 and f"{posting.cadre_name}（" in text(refused) and "本次没有改动" in text(refused)
    assert browser.post("/postings/endings/", said | {"posting": ["nonsense"]}).status_code == 422
    press(browser, posting, "leave_to_helpers", on="2016-06-01")
    items = [item | {"done": True} for item in Handover.unscoped.get().items]
    day = dt.date(2016, 6, 1)
    Handover.unscoped.update(items=items, signed_by_leaver_on=day, signed_by_successor_on=day, witnessed_on=day, witness="刘敏")
    assert f'value="{posting.pk}"' in text(browser.get("/postings/endings/?region=611021"))
    for _click in range(2):
        assert browser.post("/postings/endings/", said).status_code == 302
    posting.refresh_from_db()
    assert (posting.state, posting.ended_on) == ("ended", dt.date(2016, 6, 2))
    assert Event.objects.filter(action="postings.end_postings", outcome="done").count() == 1
    for role in ("city_leader", "town_party_admin"):
        assert sign_in(role, COUNTY).get("/postings/endings/").status_code == 404
    assert sign_in(ORG, OTHER_COUNTY).post("/postings/endings/", said | {"operation": str(new_id())}).status_code == 422


def test_outsiders_find_no_step(world: World) -> None:
    stranger, leader = sign_in(ORG, OTHER_COUNTY), client("city_leader", world)
    for browser in (stranger, leader):
        assert browser.get(f"/postings/{world.posting.pk}/propose_recall/").status_code == 404
        assert press(browser, world.posting, "propose_recall", reason="health", facts="x", on="2016-06-01").status_code == 404
        assert browser.post(f"/postings/{world.posting.pk}/handover.xlsx").status_code == 404
    world.posting.refresh_from_db()
    assert world.posting.state == "active"


def test_the_pack_is_as_wide_as_the_asker_sees(world: World) -> None:
    with acting(clerk()) as by:
        pack = handover_pack(by, world.posting)
        assert pack.projects and pack.promises and pack.management.households
        assert handover_facts(by, world.posting)["household_ledger"]
        assert export_handover(world.posting, by=by)[:2] == b"PK"
    with acting(clerk("6110", Role.CITY_LEADER)) as by:
        assert not handover_pack(by, world.posting).management.households


def test_reminders_find_what_wants_doing(world: World) -> None:
    posting = Posting.unscoped.filter(pk=world.posting.pk)
    cases = {
        "late": {"state": "pending_arrival", "arrived_on": None, "appointed_on": dt.date(2016, 5, 31)},
        "party_overdue": {"arrived_on": dt.date(2016, 5, 1), "party_in_on": None},
        "no_acting_head": {"acting_head": ""},
        "over": {"planned_end": dt.date(2016, 6, 7)},
        "ending_7": {"planned_end": dt.date(2016, 6, 15)},
        "ending_30": {"planned_end": dt.date(2016, 7, 1)},
        "ending_90": {"planned_end": dt.date(2016, 9, 1)},
        "recalls": {"state": "recall_heard"},
        "no_handover": {"state": "recalled", "ended_on": dt.date(2016, 6, 1)},
        "refill": {"state": "ended", "ended_on": dt.date(2016, 6, 1), "end_reason": "promoted"},
        "party_not_back": {"state": "ended", "ended_on": dt.date(2016, 6, 1), "party_in_on": dt.date(2015, 9, 1)},
    }
    assert set(cases) == set(REMINDERS)
    Handover.unscoped.all().delete()
    plain = {
        "state": "active", "appointed_on": dt.date(2015, 7, 20), "arrived_on": dt.date(2015, 7, 24), "planned_end": dt.date(2017, 7, 19),
        "party_in_on": dt.date(2015, 8, 3), "ended_on": None, "end_reason": "", "acting_head": "副局长",
    }  # fmt: skip
    unit = world.posting.unit
    unit.head_name = world.posting.cadre_name
    unit.save()
    for code, change in cases.items():
        posting.update(**plain)
        with acting(clerk()) as by:
            assert not reminded(by, code).exists(), code
        posting.update(**plain | change)
        with acting(clerk()) as by:
            assert reminded(by, code).count() == 1, code
            assert code == "ending_30" or any(f"reminder={code}" in todo.url for todo in todos(by)), code
        with acting(clerk(OTHER_COUNTY)) as by:
            assert not reminded(by, code).exists(), code
    assert world.posting.cadre_name in text(client(ORG, world).get("/postings/?reminder=party_not_back"))


def test_four_working_days_after_the_appointment_nobody_is_late(world: World) -> None:
    """Appointed on Wednesday 2016-06-01: the fifth working day is the 8th, today."""
    posting = Posting.unscoped.filter(pk=world.posting.pk)
    posting.update(state="pending_arrival", arrived_on=None, appointed_on=dt.date(2016, 6, 1))
    with acting(clerk()) as by:
        assert not reminded(by, "late").exists()
    posting.update(appointed_on=dt.date(2016, 5, 31))
    with acting(clerk()) as by:
        assert reminded(by, "late").exists()


def test_a_post_that_lost_its_official_early_is_to_be_refilled(world: World) -> None:
    posting = Posting.unscoped.filter(pk=world.posting.pk)
    with acting(clerk()) as by:
        assert posts_to_refill(by) == []
    posting.update(state="recalled", end_reason="recalled", ended_on=dt.date(2016, 5, 3))
    with acting(clerk()) as by:
        (refill,) = posts_to_refill(by)
        # Fifteen working days from Tuesday 3 May.
        assert (refill.posting.pk, refill.due_on, refill.is_overdue) == (world.posting.pk, dt.date(2016, 5, 24), True)
    with acting(clerk(OTHER_COUNTY)) as by:
        assert posts_to_refill(by) == []
    follower = factories.posting(world.village, sent_by=world.unit, name="后来人")
    with acting(clerk()) as by:
        assert posts_to_refill(by) == []
    assert follower.is_running


def test_a_household_nobody_is_responsible_for_is_found(world: World) -> None:
    with acting(clerk()) as by:
        assert not unattended_households(by).exists()
    alone = factories.household(world.village, name="无人户")
    with acting(clerk()) as by:
        assert list(unattended_households(by, region=COUNTY)) == [alone]
