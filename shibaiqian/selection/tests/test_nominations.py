"""Proposed from the register, recommended with the minute, screened; withdrawn, rejected; seen by whom."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.rows import RowsRefused
from shibaiqian.access.tests.factories import user
from shibaiqian.cadres.actions import register_cadres
from shibaiqian.cadres.models import Award, Cadre, FamilyMember, PastAppraisal
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN, cadre_row, id_number, of_form, roster
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.actions import appoint_officials
from shibaiqian.postings.tests.factories import posting_row
from shibaiqian.regions.models import Region
from shibaiqian.regions.tests.fixture import agreed, declared
from shibaiqian.selection.batches import StillOpen, close_batch
from shibaiqian.selection.excel.nominations import COLUMNS
from shibaiqian.selection.gates import inquire, record_reply, review_gates
from shibaiqian.selection.models import Batch, Nomination
from shibaiqian.selection.nominations import (
    MinuteMissing,
    NotEligible,
    NotTheUnits,
    ReasonMissing,
    consider_in,
    nominate,
    recommend,
    reject,
    release_candidates,
    screen,
    withdraw,
)
from shibaiqian.selection.recusal import OwnCase
from shibaiqian.selection.rules import Facts
from shibaiqian.selection.tests.factories import (
    NOMINATED,
    REVIEWED,
    SCREENED,
    drafts,
    fresh,
    grades,
    nomination_row,
    opened_batch,
    recommended,
    review_row,
    running_batch,
    screened,
    villages,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]


@pytest.fixture
def _batch(_world: None, actor: Any) -> None:
    running_batch(actor)


@pytest.fixture
def bureau() -> Organisation:
    return Organisation.objects.get(code="LN-001")


@pytest.fixture
def unit_clerk(actor: Any, bureau: Organisation) -> Actor:
    return actor("sending_unit_admin", unit=bureau.pk, name="农业局人事科")


def test_the_columns_are_those_agreed() -> None:
    assert declared(COLUMNS) == agreed("nominations")


@pytest.mark.usefixtures("_batch")
class TestNominating:
    def test_the_register_fills_in_everything_but_the_id_number(self, actor: Any, county: Region) -> None:
        grades(1)
        nomination = drafts(actor, nomination_row(1, wishes="611021、611021101"))[0]
        facts = Facts.of_json(nomination.facts)
        assert (facts.name, facts.birth_month, facts.unit, facts.unit_level, facts.post_rank) == (
            "王朝辉",
            "197506",
            "洛南县农业局",
            "county",
            "R52",
        )
        assert (facts.rural_experience_tenths, facts.grades, facts.specialty) == (65, {"2013": 2, "2014": 1}, "果树栽培")
        assert id_number(serial=1)[:-1] not in str(nomination.facts) and "id_number" not in nomination.facts
        assert (nomination.state, nomination.wishes, nomination.region_id, nomination.home_region) == (
            "draft",
            "611021|611021101",
            LUONAN,
            LUONAN,
        )
        assert nomination.number == "洛南-荐-2015-0001" and nomination.minute_on == dt.date(2015, 6, 8)

    def test_a_unit_nominates_its_own_by_choice_or_by_roster(self, actor: Any, bureau: Organisation, unit_clerk: Actor) -> None:
        cadre = Cadre.unscoped.get(name="王朝辉")
        form = of_form({"batch": "2015年第二批", "tier": "T1000", "cadre_id": str(cadre.pk), "nominated_on": NOMINATED})
        assert nominate(bureau, rows=form, by=unit_clerk).count == 1
        assert nominate(bureau, rows=roster(nomination_row(2)), by=unit_clerk).count == 1
        assert set(Nomination.unscoped.values_list("cadre_name", flat=True)) == {"王朝辉", "张丽"}
        with pytest.raises(RowsRefused, match="不在本单位"):
            nominate(bureau, rows=roster(nomination_row(3)), by=unit_clerk)
        with pytest.raises(NotVisible):
            nominate(Organisation.objects.get(code="DF-001"), rows=roster(nomination_row(6)), by=unit_clerk)

    def test_the_place_that_considers_is_the_county_wished_for_where_counties_decide(self, actor: Any) -> None:
        one = drafts(actor, nomination_row(5, wishes=DANFENG), region=CITY)[0]
        assert (one.region_id, one.home_region) == (DANFENG, CITY)
        other = drafts(actor, nomination_row(6, tier="镇级"), region=DANFENG)[0]
        assert (other.region_id, other.tier_code) == (DANFENG, "T100")

    def test_rows_that_cannot_be_are_refused_by_their_cell(self, county: Region, clerk: Actor, actor: Any, subtests: Any) -> None:
        opened_batch(actor, name="2016年第一批")
        for change, column, why in (
            ({"tier": "省级"}, "层级", "没有“省级”"), ({"batch": "2010年"}, "批次", "没有“2010年”"), ({"batch": "2016年第一批"}, "批次", "还没有启动"),
            ({"name": "别人"}, "姓名", "不一致"), ({"id_number": id_number(serial=99)}, "身份证号", "不在本单位"),
            ({"unit_code": "LN-101"}, "单位编码", "在干部名册中的单位是洛南县农业局"), ({"wishes": "619999"}, "推荐去向", "查不到"),
            ({"nominated_on": dt.date(2016, 6, 9)}, "推荐日期", "晚于今天"), ({"nominated_on": dt.date(2015, 5, 31), "minute_on": dt.date(2015, 5, 1)}, "推荐日期", "早于"),
            ({"minute_on": dt.date(2015, 6, 13)}, "会议日期", "晚于推荐日期"), ({"minute_on": None}, "会议日期", "没有填写会议日期"),
            ({"batch": None}, "推荐理由", "没有写明理由"),
        ):  # fmt: skip
            with subtests.test(why):
                with pytest.raises(RowsRefused, match=why) as refused:
                    nominate(county, rows=roster(nomination_row(1) | change), by=clerk)
                assert {f.column for f in refused.value.findings.refusals()} == {column}
        with pytest.raises(RowsRefused, match="与第 2 行是同一名干部"):
            nominate(county, rows=roster(nomination_row(1), nomination_row(1)), by=clerk)
        assert not Nomination.unscoped.exists()

    def test_a_cadre_has_one_running_nomination(self, actor: Any, county: Region, clerk: Actor) -> None:
        one = drafts(actor, nomination_row(1))[0]
        with pytest.raises(RowsRefused, match="已有正在办理的推荐（洛南-荐-2015-0001）"):
            nominate(county, rows=roster(nomination_row(1)), by=clerk)
        withdraw(county, nominations=[one.pk], reason="本人生病", by=clerk)
        assert drafts(actor, nomination_row(1))[0].number == "洛南-荐-2015-0002"
        with pytest.raises(RowsRefused, match="推荐编号“洛南-荐-2015-0001”已经使用"):
            nominate(county, rows=roster(nomination_row(2, number="洛南-荐-2015-0001")), by=clerk)

    def test_who_may_not_nominate(self, county: Region, stranger: Actor, actor: Any) -> None:
        with pytest.raises(NotVisible):
            nominate(county, rows=roster(nomination_row(1)), by=stranger)
        with pytest.raises(Forbidden):
            nominate(county, rows=roster(nomination_row(1)), by=actor("town_party_admin", LUONAN))


@pytest.mark.usefixtures("_batch")
class TestRecommending:
    def test_without_the_party_groups_minute_nobody_is_recommended(self, actor: Any, bureau: Organisation, unit_clerk: Actor) -> None:
        one, other = drafts(actor, nomination_row(1, minute_number=None, minute_on=None), nomination_row(2))
        with pytest.raises(MinuteMissing, match="王朝辉没有党组会议纪要"):
            recommend(bureau, nominations=[one.pk, other.pk], by=unit_clerk)
        with pytest.raises(MinuteMissing, match="会议日期"):
            recommend(bureau, nominations=[one.pk, other.pk], minute_number="洛农党组纪要〔2015〕7号", by=unit_clerk)
        recommend(
            bureau, nominations=[one.pk, other.pk], minute_number="洛农党组纪要〔2015〕7号", minute_on=dt.date(2015, 6, 11), by=unit_clerk
        )
        assert {(n.state, n.minute_number) for n in fresh([one, other])} == {("unit_recommended", "洛农党组纪要〔2015〕7号")}

    def test_the_place_that_considers_sees_the_candidate_and_the_files_until_it_ends(
        self, actor: Any, stranger: Actor, city_clerk: Actor
    ) -> None:
        cadre = Cadre.unscoped.get(name="孙伟")
        FamilyMember.unscoped.create(cadre=cadre, region_id=CITY, seq=1, relation="妻子", name="刘敏", event=1)
        danfeng = Region.objects.get(pk=DANFENG)

        def seen() -> list[bool]:
            with acting(stranger):
                return [
                    model.objects.visible_to(stranger).filter(**{key: cadre.pk}).exists()
                    for model, key in ((Cadre, "pk"), (FamilyMember, "cadre"))
                ]

        drafted = drafts(actor, nomination_row(5, wishes=DANFENG, minute_number="市科纪要〔2015〕2号"), region=CITY)[0]
        assert seen() == [False, False]
        sunit = actor("sending_unit_admin", unit=cadre.unit_id)
        recommend(Organisation.objects.get(pk=cadre.unit_id), nominations=[drafted.pk], by=sunit)
        assert seen() == [True, True]
        reject(danfeng, nominations=[drafted.pk], reason="岗位已有人选", on=SCREENED, by=stranger)
        assert seen() == [False, False]
        assert fresh([drafted])[0].ended_why == "岗位已有人选"

    def test_another_place_considers_and_the_first_no_longer_sees(
        self, actor: Any, city_clerk: Actor, clerk: Actor, stranger: Actor
    ) -> None:
        one = recommended(actor, nomination_row(5, wishes=DANFENG), region=CITY)[0]
        with acting(city_clerk):
            consider_in([one], regions=villages(1), by=city_clerk)
        for by, sees in ((clerk, True), (stranger, False)):
            with acting(by):
                assert Cadre.objects.visible_to(by).filter(pk=one.cadre_id).exists() is sees
                assert Nomination.objects.visible_to(by).filter(pk=one.pk).exists() is sees

    def test_an_undone_roster_leaves_no_sight(self, actor: Any) -> None:
        one = recommended(actor, nomination_row(1))[0]
        assert Cadre.unscoped.get(pk=one.cadre_id).candidate_region == LUONAN
        release_candidates(one.event)
        assert Cadre.unscoped.get(pk=one.cadre_id).candidate_region == ""

    def test_only_who_recommended_withdraws(
        self, actor: Any, county: Region, stranger: Actor, unit_clerk: Actor, bureau: Organisation
    ) -> None:
        elsewhere = recommended(actor, nomination_row(5, wishes=DANFENG), region=CITY)[0]
        with pytest.raises(NotTheUnits, match="孙伟由商洛市科技局推荐"):
            withdraw(Region.objects.get(pk=DANFENG), nominations=[elsewhere.pk], reason="不要", by=stranger)
        own = recommended(actor, nomination_row(1))[0]
        with pytest.raises(ReasonMissing):
            withdraw(bureau, nominations=[own.pk], reason="", by=unit_clerk)
        withdraw(bureau, nominations=[own.pk], reason="单位工作需要", by=unit_clerk)
        assert fresh([own])[0].state == "withdrawn"
        with pytest.raises(NotVisible):
            withdraw(bureau, nominations=[elsewhere.pk], reason="单位工作需要", by=unit_clerk)

    def test_a_batch_with_a_nomination_under_way_is_not_closed(self, actor: Any, city_clerk: Actor) -> None:
        drafts(actor, nomination_row(1))
        with pytest.raises(StillOpen, match="还有 1 项推荐没有办结"):
            close_batch(Batch.objects.get(), on=dt.date(2015, 12, 1), by=city_clerk)


@pytest.mark.usefixtures("_batch")
class TestScreening:
    def test_the_verdicts_are_kept_with_the_policy_behind_them(self, actor: Any) -> None:
        grades(1)
        one = screened(actor, nomination_row(1))[0]
        said = {verdict["rule"]: verdict for verdict in one.eligibility}
        assert one.state == "screened" and {v["weight"] for v in said.values()} == {"ok"}
        assert said["work"]["basis"] == {
            "key": "work_years_min", "label": "选派干部最低工作年限", "value": "2", "unit": "年", "source": "默认值（选派第一书记的通知（2015））", "since": "2013-01-01",
        }  # fmt: skip
        assert said["appraisals"]["reason"] == "2013 年度称职、2014 年度优秀。"

    def test_whoever_is_blocked_refuses_the_set_with_the_reason(self, actor: Any, county: Region, clerk: Actor) -> None:
        grades(1)
        good, bad = recommended(actor, nomination_row(1), nomination_row(4))
        with pytest.raises(NotEligible, match="赵强：不是中共正式党员，不能任第一书记"):
            screen(county, nominations=[good.pk, bad.pk], on=SCREENED, by=clerk)
        assert {n.state for n in fresh([good, bad])} == {"unit_recommended"}
        reject(county, nominations=[bad.pk], reason="不符合条件", on=SCREENED, by=clerk)
        assert screen(county, nominations=[good.pk], on=SCREENED, by=clerk).notes == []

    def test_what_is_known_beside_the_facts_counts_on_the_day(self, actor: Any, county: Region, clerk: Actor) -> None:
        cadre = Cadre.unscoped.get(name="王朝辉")
        one, other, third = recommended(actor, nomination_row(1), nomination_row(2), nomination_row(7))
        Award.unscoped.create(
            cadre=cadre,
            region_id=LUONAN,
            kind="punishment",
            on=dt.date(2015, 1, 5),
            name="党内警告",
            influence_until=dt.date(2016, 1, 4),
            event=1,
        )
        with pytest.raises(NotEligible, match="王朝辉：处分影响期到 2016-01-04"):
            screen(county, nominations=[one.pk], on=SCREENED, by=clerk)
        appoint_officials(
            county,
            rows=roster(
                posting_row(
                    2,
                    villages(1)[0],
                    appointed_on=dt.date(2015, 6, 13),
                    arrived_on=dt.date(2015, 6, 14),
                    party_out_on=None,
                    party_in_on=None,
                    planned_end=dt.date(2017, 6, 12),
                )
            ),
            by=clerk,
        )
        with pytest.raises(NotEligible, match=r"张丽：正在.*挂职，到 2017-06-12 期满"):
            screen(county, nominations=[other.pk], on=SCREENED, by=clerk)
        wu = Cadre.unscoped.get(name="吴刚")
        PastAppraisal.unscoped.create(cadre=wu, region_id=LUONAN, unit=wu.unit_id, year=2014, grade_level=3, event=1)
        with pytest.raises(NotEligible, match="吴刚：2014 年度考核为基本称职"):
            screen(county, nominations=[third.pk], on=SCREENED, by=clerk)

    def test_nobody_screens_a_relative_or_themselves(self, actor: Any, county: Region) -> None:
        one = recommended(actor, nomination_row(1))[0]
        cadre = Cadre.unscoped.get(pk=one.cadre_id)
        account = user("wang", name="王朝辉")
        account.person = cadre.pk
        account.save()
        with pytest.raises(OwnCase, match="王朝辉是您本人，您应当回避"):
            screen(county, nominations=[one.pk], on=SCREENED, by=actor("county_org_admin", LUONAN, name="王朝辉", user_id=account.pk))
        FamilyMember.unscoped.create(cadre=cadre, region_id=LUONAN, seq=1, relation="妻子", name="刘　敏", event=1)
        wife = actor("county_org_admin", LUONAN, name="刘敏", user_id=user("liu", name="刘敏").pk)
        with pytest.raises(OwnCase, match="是您的亲属"):
            reject(county, nominations=[one.pk], reason="不合适", on=SCREENED, by=wife)

    def test_who_may_not_screen(self, actor: Any, county: Region, stranger: Actor, unit_clerk: Actor, bureau: Organisation) -> None:
        one = recommended(actor, nomination_row(1))[0]
        with pytest.raises(NotVisible):
            screen(Region.objects.get(pk=DANFENG), nominations=[one.pk], on=SCREENED, by=stranger)
        with pytest.raises(Forbidden):
            screen(county, nominations=[one.pk], on=SCREENED, by=unit_clerk)
        with pytest.raises(StepNotOpen, match="王朝辉"):
            recommend(county, nominations=[one.pk], by=actor("county_org_admin", LUONAN))


@pytest.mark.slow
@pytest.mark.usefixtures("_batch")
def test_the_whole_programme_is_nominated_screened_and_reviewed_in_sets(
    city: Region, city_clerk: Actor, django_assert_max_num_queries: Any
) -> None:
    count = 450  # the id numbers of one birthday; the time grows with the rows
    births = [dt.date(1975, 6, 12), dt.date(1976, 3, 4), dt.date(1977, 8, 9), dt.date(1978, 2, 3)][:3]
    register_cadres(
        city, rows=roster(*[cadre_row(n, birth=birth, name="陈志") for birth in births for n in range(20, 20 + count)]), by=city_clerk
    )
    rows = roster(
        *[nomination_row(n, name="陈志", id_number=id_number(birth, serial=n)) for birth in births for n in range(20, 20 + count)]
    )
    with django_assert_max_num_queries(160):  # a query a row would be thousands; about 5 s on an idle machine
        assert nominate(city, rows=rows, by=city_clerk).count == 1350
        keys = list(Nomination.unscoped.values_list("pk", flat=True))
        recommend(city, nominations=keys, by=city_clerk)
        screen(city, nominations=keys, on=SCREENED, by=city_clerk)
        numbers = list(Nomination.unscoped.values_list("number", flat=True))
        reviews = [
            review_row(number, gate, reviewer_unit="商洛市委组织部") for number in numbers for gate in ("political", "conduct", "ability")
        ]
        assert review_gates(city, rows=roster(*reviews), by=city_clerk).count == 4050
        letter = inquire(city, nominations=keys, number="商组函〔2015〕9号", sent_on=SCREENED, to_body="商洛市纪委", by=city_clerk)
        assert record_reply(letter, reply_number="商纪函〔2015〕31号", reply_on=REVIEWED, reviewer="赵正", by=city_clerk).count == 1350
    assert Nomination.unscoped.filter(state="gate_review").count() == 1350
