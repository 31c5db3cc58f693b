"""The four gates: who reviews, what stands until when, who reads the opinions; letters and replies; the one-way package."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.rows import RowsRefused
from shibaiqian.access.tests.factories import user
from shibaiqian.audit.models import Event
from shibaiqian.cadres.models import Cadre, FamilyMember
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN, of_form, roster
from shibaiqian.config.cli import main
from shibaiqian.policy.actions import set_parameter
from shibaiqian.regions.models import Region
from shibaiqian.regions.tests.fixture import agreed, declared
from shibaiqian.selection.excel.gates import COLUMNS
from shibaiqian.selection.gates import (
    LetterWrong,
    expired,
    inquire,
    opinions,
    record_reply,
    reopen_gates,
    review_gates,
    review_integrity,
    standing,
)
from shibaiqian.selection.models import Batch, GateReview, IntegrityInquiry, Nomination
from shibaiqian.selection.packages import PackageRefused, export_package, open_package, read_key, seal_package, take_in_package, write_key
from shibaiqian.selection.recusal import OwnCase
from shibaiqian.selection.tests.factories import (
    BATCH,
    REVIEWED,
    SCREENED,
    fresh,
    nomination_row,
    recommended,
    review_row,
    running_batch,
    screened,
    through_gates,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]


@pytest.fixture
def found(_world: None, actor: Any) -> list[Nomination]:
    running_batch(actor)
    return screened(actor, nomination_row(1), nomination_row(2))


@pytest.fixture
def officer(actor: Any) -> Actor:
    return actor("discipline_officer", LUONAN, name="纪委干部")


def test_the_columns_are_those_agreed() -> None:
    assert declared(COLUMNS) == agreed("gate_reviews")


class TestReviewing:
    def test_the_first_review_opens_the_review_and_the_opinion_is_sealed(
        self, found: list[Nomination], county: Region, clerk: Actor
    ) -> None:
        one = found[0]
        assert review_gates(county, rows=roster(review_row(one.number), review_row(one.number, "conduct")), by=clerk).count == 2
        assert [row.state for row in fresh(found)] == ["gate_review", "screened"]
        review = GateReview.unscoped.get(gate="political")
        assert "政治坚定".encode() not in bytes(review.opinion_sealed) and review.valid_until == dt.date(2016, 6, 25)
        assert (review.reviewer, review.reviewer_user, review.region_id) == ("何静", clerk.user_id, LUONAN)
        assert not any("政治坚定" in event.canonical for event in Event.objects.all())
        assert [(o.gate, o.text) for o in _read(clerk, one)] == [("political", "政治坚定，群众反映好"), ("conduct", "政治坚定，群众反映好")]

    def test_a_newer_review_voids_the_older(self, found: list[Nomination], county: Region, clerk: Actor) -> None:
        number = found[0].number
        review_gates(county, rows=roster(review_row(number, result="more_info", opinion="请补充家访记录")), by=clerk)
        review_gates(county, rows=roster(review_row(number, reviewed_on=dt.date(2015, 7, 1))), by=clerk)
        assert [o.result for o in _read(clerk, found[0])] == ["pass"]
        assert GateReview.unscoped.filter(voided_by__isnull=False).count() == 1

    def test_a_failed_gate_rejects_and_the_unit_is_not_told_which(self, found: list[Nomination], county: Region, clerk: Actor) -> None:
        written = review_gates(county, rows=roster(review_row(found[0].number, "conduct", "fail", opinion="群众反映强烈")), by=clerk)
        one = fresh(found)[0]
        assert (one.state, one.ended_why) == ("rejected", "四关审查未通过。") and written.notes == ["王朝辉未通过审查，不予选派。"]
        assert Cadre.unscoped.get(pk=one.cadre_id).candidate_region == ""
        with pytest.raises(StepNotOpen, match="不予选派"):
            review_gates(county, rows=roster(review_row(one.number)), by=clerk)

    @pytest.mark.parametrize("state", ["matched", "decided", "in_notice"])
    def test_a_gate_that_fails_later_rejects_too(self, state: str, found: list[Nomination], county: Region, clerk: Actor) -> None:
        Nomination.unscoped.filter(pk=found[0].pk).update(state=state)
        review_gates(county, rows=roster(review_row(found[0].number, "conduct", "fail", opinion="受到举报")), by=clerk)
        assert fresh(found)[0].state == "rejected"

    def test_rows_that_cannot_be_are_refused_by_their_cell(
        self, found: list[Nomination], county: Region, clerk: Actor, subtests: Any
    ) -> None:
        FamilyMember.unscoped.create(cadre_id=found[0].cadre_id, region_id=LUONAN, seq=1, relation="姐姐", name="何 静", event=1)
        good = review_row(found[0].number, reviewer="冯远")
        for change, column, why in (
            ({"number": "没有-1"}, "推荐编号", "没有编号为"), ({"result": "fail", "opinion": " "}, "意见", "没有写明意见"),
            ({"reviewed_on": dt.date(2016, 6, 9)}, "审查日期", "晚于今天"), ({"reviewed_on": dt.date(2015, 6, 1)}, "审查日期", "早于推荐日期"),
            ({"valid_until": dt.date(2016, 6, 26)}, "有效期至", "超过规定"), ({"valid_until": dt.date(2015, 6, 24)}, "有效期至", "早于审查日期"),
            ({"reviewer": "王朝辉"}, "审查人", "不能审查自己"), ({"reviewer": "何静"}, "审查人", "有亲属关系"),
            ({"reviewer_unit": "洛南县农业局"}, "审查单位", "只能作为材料"), ({"gate": "integrity"}, "回复文号", "须有文号"),
            ({"gate": "integrity", "reply_number": "洛纪函〔2015〕31号"}, "推荐编号", "还没有就王朝辉发过廉政意见征求函"),
        ):  # fmt: skip
            with subtests.test(why):
                with pytest.raises(RowsRefused, match=why) as refused:
                    review_gates(county, rows=roster(review_row(found[1].number, reviewer="冯远"), good | change), by=clerk)
                assert {(f.row, f.column) for f in refused.value.findings.refusals()} == {(3, column)}
        with pytest.raises(RowsRefused, match="与第 2 行是同一人同一关"):
            review_gates(county, rows=roster(good, good), by=clerk)
        assert not GateReview.unscoped.exists()

    def test_a_form_is_one_row(self, found: list[Nomination], county: Region, clerk: Actor) -> None:
        row = {k: v for k, v in review_row(found[0].number).items() if v is not None} | {"evidence": "a1|b2"}
        assert review_gates(county, rows=of_form(row), by=clerk).count == 1
        assert _read(clerk, found[0])[0].evidence == ("a1", "b2")

    def test_discipline_inspection_judges_integrity_and_nothing_else(
        self, found: list[Nomination], county: Region, officer: Actor, clerk: Actor
    ) -> None:
        row = review_row(found[0].number, "integrity", opinion="未发现问题线索", reviewer_unit="洛南县纪委", reviewer="赵正")
        assert review_integrity(county, rows=roster(row), by=officer).count == 1
        assert GateReview.unscoped.get().valid_until == dt.date(2015, 12, 25)
        with pytest.raises(RowsRefused, match="只审查廉政关"):
            review_integrity(county, rows=roster(review_row(found[0].number)), by=officer)
        with pytest.raises(Forbidden):
            review_gates(county, rows=roster(review_row(found[0].number)), by=officer)
        with pytest.raises(Forbidden):
            review_integrity(county, rows=roster(row), by=clerk)

    def test_a_stand_in_reviews_others_but_not_the_own_case(self, found: list[Nomination], county: Region, actor: Any) -> None:
        account = user("zhangli", name="张丽")
        account.person = found[1].cadre_id
        account.save()
        by = Actor(
            user_id=account.pk,
            name="张丽",
            role=actor("county_org_admin", LUONAN).role,
            scope=actor("county_org_admin", LUONAN).scope,
            standing_in_for="何静",
        )
        with pytest.raises(OwnCase, match="张丽是您本人"):
            review_gates(county, rows=roster(review_row(found[1].number)), by=by)
        assert review_gates(county, rows=roster(review_row(found[0].number)), by=by).count == 1
        assert Event.objects.get(action="selection.review_gates", outcome="done").role == "county_org_admin+stand_in:何静"

    def test_who_signs_judges_no_colleague_and_who_records_may(self, found: list[Nomination], county: Region, actor: Any) -> None:
        account = user("zhangli", name="张丽")
        account.person = found[1].cadre_id  # of the same unit as 王朝辉
        account.save()
        clerk = actor("county_org_admin", LUONAN, name="张丽", user_id=account.pk)
        with pytest.raises(OwnCase, match="王朝辉是您所在单位的干部"):
            review_gates(county, rows=roster(review_row(found[0].number, reviewer="张 丽")), by=clerk)
        assert review_gates(county, rows=roster(review_row(found[0].number)), by=clerk).count == 1
        inspecting = actor("discipline_officer", LUONAN, name="张丽", user_id=account.pk)
        row = review_row(found[0].number, "integrity", opinion="未发现问题线索", reviewer_unit="洛南县纪委", reviewer="赵正")
        with pytest.raises(OwnCase, match="王朝辉是您所在单位的干部"):
            review_integrity(county, rows=roster(row), by=inspecting)
        Cadre.unscoped.filter(pk=found[1].cadre_id).update(unit=Cadre.unscoped.get(name="李明").unit_id)
        assert review_integrity(county, rows=roster(row), by=inspecting).count == 1

    def test_the_reviewers_own_family_counts_too(self, found: list[Nomination], county: Region, actor: Any) -> None:
        reviewer = Cadre.unscoped.get(name="李明")
        account = user("liming", name="李明")
        account.person = reviewer.pk
        account.save()
        FamilyMember.unscoped.create(
            cadre=reviewer, region_id=reviewer.region_id, seq=1, relation="弟弟", name="王朝辉", birth_month="198001", event=1
        )
        by = actor("county_org_admin", LUONAN, name="李明", user_id=account.pk)
        assert review_gates(county, rows=roster(review_row(found[0].number)), by=by).count == 1  # a namesake born in another month
        FamilyMember.unscoped.update(birth_month="197506")
        with pytest.raises(OwnCase, match="是您的亲属"):
            review_gates(county, rows=roster(review_row(found[0].number)), by=by)

    def test_who_may_not_review(self, found: list[Nomination], county: Region, stranger: Actor, actor: Any) -> None:
        with pytest.raises(RowsRefused, match="没有编号为"):
            review_gates(Region.objects.get(pk=DANFENG), rows=roster(review_row(found[0].number)), by=stranger)
        with pytest.raises(NotVisible):
            review_gates(county, rows=roster(review_row(found[0].number)), by=stranger)
        for role in ("town_party_admin", "city_leader"):
            with pytest.raises(Forbidden):
                review_gates(county, rows=roster(review_row(found[0].number)), by=actor(role, LUONAN))


class TestReading:
    def test_opinions_are_for_organisation_departments_and_of_integrity_for_discipline_inspection(
        self, found: list[Nomination], actor: Any, clerk: Actor, city_clerk: Actor, officer: Actor, stranger: Actor
    ) -> None:
        one = through_gates(actor, found)[0]
        for by, gates in (
            (clerk, ["political", "conduct", "integrity", "ability"]),
            (city_clerk, ["political", "conduct", "integrity", "ability"]),
            (officer, ["integrity"]),
            (stranger, []),
        ):
            assert [o.gate for o in _read(by, one)] == gates
        nobody = [
            actor("sending_unit_admin", unit=one.unit_id), actor("city_leader", CITY), actor("town_party_admin", LUONAN),
            actor("posted_cadre", LUONAN), actor("host_unit_leader", LUONAN), actor("county_poverty_admin", LUONAN), actor("village_admin", LUONAN),
        ]  # fmt: skip
        for by in nobody:
            with acting(by):
                assert not GateReview.objects.visible_to(by).exists()
                assert not GateReview.objects.for_everyone(because="the wall alone must hold").exists()
            with pytest.raises(Forbidden):
                _read(by, one)


class TestStanding:
    def test_gates_stand_until_they_expire_and_integrity_expires_first(self, found: list[Nomination], actor: Any, clerk: Actor) -> None:
        one, other = through_gates(actor, found)
        with acting(clerk):
            assert expired(clerk, [one.pk, other.pk], on=dt.date(2015, 12, 25)) == {}
            assert expired(clerk, [one.pk], on=dt.date(2015, 12, 26)) == {one.pk: ("廉政关已于 2015-12-25 过期",)}
            assert len(expired(clerk, [one.pk], on=dt.date(2016, 7, 1))[one.pk]) == 4
            assert expired(clerk, [one.pk], on=SCREENED)[one.pk][0] == "政治关没有审查"
            assert standing(clerk, [one.pk], on=REVIEWED)[one.pk]["ability"].holds(REVIEWED)

    def test_validity_is_a_policy_of_the_place_on_the_day(self, found: list[Nomination], county: Region, clerk: Actor) -> None:
        set_parameter(county, key="gate_valid_months", value=3, valid_from=dt.date(2015, 6, 1), source="洛组发〔2015〕1号", by=clerk)  # type: ignore[arg-type]
        review_gates(county, rows=roster(review_row(found[0].number)), by=clerk)
        assert GateReview.unscoped.get().valid_until == dt.date(2015, 9, 25)

    def test_an_expired_gate_sends_the_decided_back_into_review(
        self, found: list[Nomination], actor: Any, county: Region, clerk: Actor
    ) -> None:
        one = through_gates(actor, found)[0]
        Nomination.unscoped.filter(pk=one.pk).update(state="decided")
        with pytest.raises(Refused, match="都有效"):
            reopen_gates(county, nominations=[one.pk], on=dt.date(2015, 12, 1), by=clerk)
        reopen_gates(county, nominations=[one.pk], on=dt.date(2016, 1, 10), by=clerk)
        assert fresh([one])[0].state == "gate_review"


class TestLetters:
    def test_a_reply_passes_everybody_it_was_asked_about_but_those_it_names(
        self, found: list[Nomination], county: Region, clerk: Actor
    ) -> None:
        one, other = found
        letter = inquire(
            county, nominations=[one.pk, other.pk], number="洛组函〔2015〕9号", sent_on=SCREENED, to_body="洛南县纪委", by=clerk
        )
        assert (
            record_reply(
                letter,
                reply_number="洛纪函〔2015〕31号",
                reply_on=REVIEWED,
                reviewer="赵正",
                otherwise={other.number: ("fail", "有问题线索正在核查")},
                by=clerk,
            ).count
            == 2
        )
        assert [row.state for row in fresh(found)] == ["gate_review", "rejected"]
        kept = GateReview.unscoped.get(nomination=one)
        assert (kept.reply_number, kept.reviewer_unit, kept.reviewed_on) == ("洛纪函〔2015〕31号", "洛南县纪委", REVIEWED)
        assert IntegrityInquiry.unscoped.get().reply_on == REVIEWED
        with pytest.raises(LetterWrong, match="已由"):
            record_reply(letter, reply_number="洛纪函〔2015〕32号", reply_on=REVIEWED, reviewer="赵正", by=clerk)

    def test_letters_that_cannot_be(self, found: list[Nomination], county: Region, clerk: Actor, stranger: Actor, actor: Any) -> None:
        keys = [row.pk for row in found]
        said = {"number": "洛组函〔2015〕9号", "sent_on": SCREENED, "to_body": "洛南县纪委"}
        with pytest.raises(LetterWrong, match="请填写"):
            inquire(county, nominations=keys, **said | {"number": " "}, by=clerk)
        letter = inquire(county, nominations=keys, **said, by=clerk)
        with pytest.raises(LetterWrong, match="已经登记"):
            inquire(county, nominations=keys, **said, by=clerk)
        with pytest.raises(Refused, match="早于征求函日期"):
            record_reply(letter, reply_number="洛纪函〔2015〕31号", reply_on=dt.date(2015, 6, 14), reviewer="赵正", by=clerk)
        with pytest.raises(LetterWrong, match="不在这封征求函里"):
            record_reply(letter, reply_number="x", reply_on=REVIEWED, reviewer="赵正", otherwise={"没有": ("fail", "有")}, by=clerk)
        with pytest.raises(NotVisible):
            record_reply(letter, reply_number="x", reply_on=REVIEWED, reviewer="赵正", by=stranger)
        with pytest.raises(NotVisible):
            inquire(Region.objects.get(pk=DANFENG), nominations=keys, **said, by=stranger)
        with pytest.raises(Forbidden):
            inquire(county, nominations=keys, **said, by=actor("discipline_officer", LUONAN))


class TestPackages:
    @pytest.fixture
    def key(self, tmp_path: Path) -> bytes:
        write_key(tmp_path / "key")
        return read_key(tmp_path / "key")

    def carried(self, actor: Any, found: list[Nomination], key: bytes, city_clerk: Actor) -> bytes:
        """What the isolated network writes; here nothing of it is known."""
        through_gates(actor, found)
        data: bytes = export_package(Batch.objects.get(), key=key, by=city_clerk)
        GateReview.unscoped.update(voided_by=1)
        Nomination.unscoped.update(state="screened", inquiry=None)
        return data

    def test_verdicts_are_carried_without_contents_and_taken_in_once(
        self, found: list[Nomination], actor: Any, city: Region, city_clerk: Actor, clerk: Actor, key: bytes
    ) -> None:
        data = self.carried(actor, found, key, city_clerk)
        package = open_package(data, key=key)
        assert {tuple(row) for row in package.rows} == {
            ("number", "gate", "result", "reviewer_unit", "reviewed_on", "valid_until", "reply_number")
        }
        assert "政治坚定" not in str(package.rows) and "王朝辉" not in str(package.rows)
        assert take_in_package(city, data=data, key=key, by=actor("system", CITY)).count == 8
        with acting(clerk):
            assert expired(clerk, [row.pk for row in found], on=REVIEWED) == {}
        assert set(GateReview.unscoped.filter(voided_by=None).values_list("from_package", flat=True)) == {package.digest}
        again = take_in_package(city, data=data, key=key, by=actor("system", CITY))
        assert again.count == 0 and "已经接收过" in again.notes[0]
        assert GateReview.unscoped.filter(voided_by=None).count() == 8

    def test_what_was_ended_meanwhile_is_left_out_and_said(
        self, found: list[Nomination], actor: Any, city: Region, city_clerk: Actor, key: bytes
    ) -> None:
        data = self.carried(actor, found, key, city_clerk)
        Nomination.unscoped.filter(pk=found[0].pk).update(state="withdrawn")
        written = take_in_package(city, data=data, key=key, by=actor("system", CITY))
        assert written.count == 4 and "王朝辉等 1 项已办结" in written.notes[0]

    def test_a_wrong_key_a_changed_byte_and_another_batch_are_refused_in_words(
        self, found: list[Nomination], actor: Any, city: Region, city_clerk: Actor, key: bytes, tmp_path: Path
    ) -> None:
        data = self.carried(actor, found, key, city_clerk)
        by = actor("system", CITY)
        write_key(tmp_path / "other")
        with pytest.raises(PackageRefused, match="密钥不对"):
            take_in_package(city, data=data, key=read_key(tmp_path / "other"), by=by)
        for position in (len(data) - 1, 30, len(data) // 2):
            with pytest.raises(PackageRefused, match=r"打不开|不完整"):
                take_in_package(city, data=data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :], key=key, by=by)
        with pytest.raises(PackageRefused, match="不是隔离网审查结果包"):
            take_in_package(city, data=b"PK\x03\x04", key=key, by=by)
        other = seal_package("2012年第一批", [{"number": "x"}], made_on=REVIEWED, key=key)
        with pytest.raises(PackageRefused, match="属于“2012年第一批”"):
            take_in_package(city, data=other, key=key, by=by)
        unknown = seal_package(BATCH, [{"number": "没有-1"}], made_on=REVIEWED, key=key)
        with pytest.raises(PackageRefused, match="没有这项推荐"):
            take_in_package(city, data=unknown, key=key, by=by)
        Nomination.unscoped.update(batch=None)
        with pytest.raises(PackageRefused, match="不属于2015年第二批"):
            take_in_package(city, data=data, key=key, by=by)
        assert not GateReview.unscoped.filter(voided_by=None).exists()

    def test_keys_that_are_none(self, tmp_path: Path) -> None:
        (tmp_path / "bad").write_text("not a key")
        with pytest.raises(PackageRefused, match="不是密钥文件"):
            read_key(tmp_path / "bad")
        with pytest.raises(PackageRefused, match="没有覆盖"):
            write_key(tmp_path / "bad")

    def test_packages_are_the_organisation_departments(
        self, found: list[Nomination], actor: Any, city: Region, clerk: Actor, key: bytes
    ) -> None:
        with pytest.raises(NotVisible):
            export_package(Batch.objects.get(), key=key, by=clerk)
        with pytest.raises(Forbidden):
            take_in_package(city, data=b"", key=key, by=actor("city_leader", CITY))
        with pytest.raises(PackageRefused, match="还没有审查结果"):
            export_package(Batch.objects.get(), key=key, by=actor("city_org_admin", CITY))


def test_the_command_line_carries_a_package_and_says_what_is_wrong(
    found: list[Nomination], actor: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr("shibaiqian.config.cli._django", lambda role="app": None)  # the test is already in Django
    through_gates(actor, found)
    key, file, run = str(tmp_path / "key"), str(tmp_path / "package"), CliRunner().invoke
    assert run(main, ["gate-package", "key", key]).exit_code == 0
    assert run(main, ["gate-package", "export", BATCH, file, "--key", key]).exit_code == 0
    taken = run(main, ["gate-package", "import", file, "--key", key])
    assert (taken.exit_code, "没有新的审查结果" in taken.output) == (0, True)
    wrong = run(main, ["gate-package", "export", "2011年", file, "--key", key])
    assert (wrong.exit_code, "没有“2011年”这个批次" in wrong.output) == (1, True)


def _read(by: Actor, nomination: Nomination) -> Any:
    with acting(by):
        return opinions(by, nomination)


def test_a_nomination_that_is_not_screened_is_not_reviewed(actor: Any, county: Region, clerk: Actor) -> None:
    running_batch(actor)
    one = recommended(actor, nomination_row(1))[0]
    with pytest.raises(StepNotOpen, match="单位已推荐"):
        review_gates(county, rows=roster(review_row(one.number)), by=clerk)
