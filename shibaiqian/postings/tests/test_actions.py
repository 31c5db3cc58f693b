"""Appointing, arriving, ending."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.rows import RowsRefused
from shibaiqian.audit.models import Event
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.cadres.models import Cadre, CadreIdentity
from shibaiqian.cadres.queries import cadres
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN, id_number, of_form
from shibaiqian.postings.actions import appoint_officials, end_posting, install_programme
from shibaiqian.postings.excel import prepare_postings
from shibaiqian.postings.models import Posting, Programme, Tier
from shibaiqian.postings.tests.factories import WAITING, install, posting_row, roster
from shibaiqian.regions.actions import load_regions
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
TOWN = "611021101"


def refusals(refused: Any) -> Any:
    found: Findings = refused.value.findings
    return found.refusals()


@pytest.mark.usefixtures("_world")
class TestAppointing:
    def test_a_roster_appoints_and_the_host_sees_the_cadre(self, county: Region, clerk: Actor, villages: list[str]) -> None:
        rows = roster(posting_row(1, villages[0]), posting_row(3, villages[1], arrived_on=None))
        assert appoint_officials(county, rows=rows, by=clerk).count == 2

        posting = Posting.unscoped.get(number="G-0001")
        assert (posting.cadre_name, posting.region_id, posting.home_region) == ("王朝辉", villages[0], LUONAN)
        assert (posting.unit.code, posting.tier.code, posting.state) == ("LN-001", "T1000", "active")
        assert posting.host_name == Region.objects.get(pk=villages[0]).name
        assert Posting.unscoped.get(number="G-0003").state == "pending_arrival"
        assert Cadre.unscoped.get(pk=posting.cadre_id).host_region == villages[0]
        assert CadreIdentity.unscoped.get(pk=posting.cadre_id).host_region == villages[0]
        event = Event.objects.get(action="postings.appoint_officials")
        assert posting.event == event.pk and event.details["tiers"] == {"T1000": 2}

    def test_the_city_posts_its_own_to_a_county_which_then_sees_them(
        self, city_clerk: Actor, clerk: Actor, stranger: Actor, villages: list[str]
    ) -> None:
        city = Region.objects.get(pk=CITY)
        rows = roster(posting_row(5, LUONAN), posting_row(6, TOWN), posting_row(1, villages[0]))
        appoint_officials(city, rows=rows, by=city_clerk)
        for by, numbers in ((clerk, {"G-0001", "G-0005", "G-0006"}), (stranger, {"G-0006"})):
            with acting(by):
                assert set(Posting.objects.visible_to(by).values_list("number", flat=True)) == numbers
        with acting(clerk):
            assert "孙伟" in {c.name for c in cadres(clerk)}

    def test_a_row_that_cannot_be_refuses_the_set_and_names_its_cell(
        self, county: Region, clerk: Actor, villages: list[str], subtests: Any
    ) -> None:
        elsewhere = Region.objects.filter(code__gt=DANFENG, level="village").order_by("code")[0].pk
        for change, column, why in (
            ({"host_code": "611021101999"}, "挂职地代码", "查不到"),
            ({"host_code": elsewhere}, "挂职地代码", "本文件只能导入到洛南县"),
            ({"host_code": TOWN}, "挂职地代码", "不是"),
            ({"title": "副镇长"}, "挂职职务", "不任"),
            ({"duties": "  "}, "工作分工", "没有填写工作分工"),
            ({"arrived_on": dt.date(2015, 7, 19)}, "到任日期", "早于任职日期"),
            ({"arrived_on": dt.date(2016, 6, 9)}, "到任日期", "晚于今天"),
            ({"planned_end": dt.date(2016, 7, 18)}, "计划期满日期", "不在 12 至 36 个月之间"),
            ({"planned_end": dt.date(2018, 7, 21)}, "计划期满日期", "不在 12 至 36 个月之间"),
            ({"party_out_on": dt.date(2015, 7, 1)}, "组织关系转出日期", "不在任期"),
            ({"party_in_on": dt.date(2015, 7, 21)}, "组织关系转入日期", "早于转出日期"),
            ({"party_in_on": dt.date(2016, 7, 21)}, "组织关系转入日期", "晚于今天"),
            ({"party_out_on": None}, "组织关系转出日期", "没有填写转出日期"),
            ({"name": "别人"}, "姓名", "不一致"),
            ({"id_number": id_number(serial=99)}, "身份证号", "不在本级的干部名册中"),
            ({"id_number": id_number(serial=5), "name": "孙伟"}, "身份证号", "不在本级的干部名册中"),
        ):
            with subtests.test(why):
                rows = roster(posting_row(3, villages[1]), posting_row(1, villages[0]) | change)
                with pytest.raises(RowsRefused) as refused:
                    appoint_officials(county, rows=rows, by=clerk)
                found = refusals(refused)
                assert [(f.row, f.column) for f in found] == [(3, column)]
                assert why in found[0].message and found[0].mend
                assert not Posting.unscoped.exists()

    def test_a_first_secretary_is_a_full_member(self, county: Region, clerk: Actor, villages: list[str]) -> None:
        row = posting_row(4, villages[0], party_out_on=None, party_in_on=None)
        with pytest.raises(RowsRefused, match="不是中共正式党员"):
            appoint_officials(county, rows=roster(row), by=clerk)
        town = posting_row(4, TOWN, party_out_on=None, party_in_on=None)
        assert appoint_officials(county, rows=roster(town), by=clerk).count == 1

    def test_terms_may_be_exactly_one_or_three_years(self, county: Region, clerk: Actor, villages: list[str]) -> None:
        ends = dt.date(2016, 7, 19), dt.date(2018, 7, 19), dt.date(2018, 7, 20)
        rows = [posting_row(n, villages[n], planned_end=end) for n, end in enumerate(ends, 1)]
        assert appoint_officials(county, rows=roster(*rows), by=clerk).count == 3

    def test_within_a_file_number_cadre_and_village_stand_once(self, county: Region, clerk: Actor, villages: list[str]) -> None:
        for row, why in (
            (posting_row(2, villages[1], number="G-0001"), "任职编号与第 2 行重复"),
            (posting_row(1, villages[1], number="G-0009"), "同一名干部"),
            (posting_row(2, villages[0]), "同一个村"),
        ):
            with pytest.raises(RowsRefused, match=why):
                appoint_officials(county, rows=roster(posting_row(1, villages[0]), row), by=clerk)

    def test_what_the_register_holds_stands_in_the_way(self, county: Region, clerk: Actor, villages: list[str]) -> None:
        appoint_officials(county, rows=roster(posting_row(1, villages[0])), by=clerk)
        for row, why in (
            (posting_row(2, villages[1], number="G-0001"), "已用于王朝辉"),
            (posting_row(1, villages[1], number="G-0009"), "正在任.*第一书记"),
            (posting_row(2, villages[0]), "已有第一书记王朝辉"),
        ):
            with pytest.raises(RowsRefused, match=why):
                appoint_officials(county, rows=roster(row), by=clerk)

    def test_a_number_in_use_out_of_sight_is_refused_without_saying_where(
        self, county: Region, clerk: Actor, stranger: Actor, villages: list[str]
    ) -> None:
        danfeng = Region.objects.get(pk=DANFENG)
        village = Region.objects.filter(code__gt=DANFENG, level="village").order_by("code")[0].pk
        appoint_officials(danfeng, rows=roster(posting_row(6, village, number="G-0001")), by=stranger)
        with pytest.raises(RowsRefused) as refused:
            appoint_officials(county, rows=roster(posting_row(1, villages[0])), by=clerk)
        assert refusals(refused)[0].message == "任职编号“G-0001”已在别处使用。"
        assert Cadre.unscoped.get(name="王朝辉").host_region == ""

    def test_terms_do_not_overlap(self, county: Region, clerk: Actor, villages: list[str]) -> None:
        appoint_officials(county, rows=roster(posting_row(1, villages[0], **WAITING)), by=clerk)
        end_posting(Posting.unscoped.get(), on=dt.date(2016, 4, 1), reason="resigned", by=clerk)
        again = posting_row(
            1, villages[1], number="G-0009", appointed_on=dt.date(2016, 4, 1), arrived_on=None,
            planned_end=dt.date(2018, 4, 1), party_out_on=None, party_in_on=None,
        )  # fmt: skip
        with pytest.raises(RowsRefused, match="重叠"):
            appoint_officials(county, rows=roster(again), by=clerk)
        assert appoint_officials(county, rows=roster(again | {"appointed_on": dt.date(2016, 4, 5)}), by=clerk).count == 1

    def test_unusual_ranks_and_titles_are_noted(self, county: Region, clerk: Actor) -> None:
        street = Region.objects.filter(code__gt=LUONAN, kind="subdistrict").order_by("code")[0].pk
        rows = roster(posting_row(1, LUONAN), posting_row(3, street))
        with acting(clerk):
            findings = prepare_postings(county, rows=rows, by=clerk).findings
        assert not findings.has_refusals
        assert {(f.row, f.code) for f in findings.notes()} == {(2, "rank_unusual"), (3, "title_unusual")}

    @settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(order=st.permutations([1, 2, 3]), arrived=st.booleans())
    def test_one_by_one_equals_all_at_once(
        self, county: Region, clerk: Actor, villages: list[str], order: list[int], arrived: bool
    ) -> None:
        rows = [
            posting_row(serial, village, **({} if arrived else {"arrived_on": None}))
            for serial, village in zip(order, villages, strict=False)
        ]
        fields = [f.attname for f in Posting._meta.fields if f.name not in ("id", "event")]
        states = []
        for one_by_one in (True, False):
            with transaction.atomic():
                for batch in [of_form(row) for row in rows] if one_by_one else [roster(*rows)]:
                    appoint_officials(county, rows=batch, by=clerk)
                hosts = Cadre.unscoped.order_by("id").values_list("host_region", flat=True)
                states.append((sorted(Posting.unscoped.values_list(*fields), key=str), list(hosts)))
                transaction.set_rollback(True)
        assert states[0] == states[1]

    def test_as_many_queries_for_one_row_as_for_three(
        self, county: Region, clerk: Actor, villages: list[str], django_assert_max_num_queries: Any
    ) -> None:
        counts = []
        one = [posting_row(1, villages[0])]
        three = [posting_row(2, villages[1]), posting_row(3, villages[2]), posting_row(7, villages[3])]
        for rows in (one, three):
            with django_assert_max_num_queries(60) as captured:
                appoint_officials(county, rows=roster(*rows), by=clerk)
            counts.append(len(captured))
        assert counts[0] == counts[1]

    def test_an_outsider_appoints_nobody(self, county: Region, stranger: Actor, actor: Any, villages: list[str]) -> None:
        with pytest.raises(NotVisible):
            appoint_officials(county, rows=roster(posting_row(1, villages[0])), by=stranger)
        with pytest.raises(Forbidden):
            appoint_officials(county, rows=roster(posting_row(1, villages[0])), by=actor("town_party_admin", LUONAN))
        danfeng = Region.objects.get(pk=DANFENG)
        village = Region.objects.filter(code__gt=DANFENG, level="village").order_by("code")[0].pk
        with pytest.raises(RowsRefused, match="不在本级的干部名册中"):
            appoint_officials(danfeng, rows=roster(posting_row(1, village)), by=stranger)
        assert not Posting.unscoped.exists()


def test_the_programme_is_installed_once() -> None:
    Tier.objects.all().delete()
    Programme.objects.all().delete()
    assert install_programme() == 4
    assert install_programme() == 0
    assert list(Tier.objects.order_by("quota").values_list("code", "quota", "host_level")) == [
        ("T10", 10, "county"), ("T100", 100, "town"), ("T1000", 1280, "village"),
    ]  # fmt: skip
    assert Programme.objects.get().goal_on == dt.date(2019, 12, 31)


@pytest.mark.django_db(transaction=True)
class TestTwoClerksAtOnce:
    @pytest.fixture(autouse=True)
    def _everything(self, actor: Any) -> None:
        load_regions()
        install(actor)

    def test_one_village_gets_one_first_secretary(self, county: Region, actor: Any, villages: list[str]) -> None:
        barrier, outcomes = threading.Barrier(2), list[str]()

        def appoint(serial: int) -> None:
            clerk = actor("county_org_admin", LUONAN, name=f"办事员{serial}")
            try:
                barrier.wait()
                appoint_officials(county, rows=roster(posting_row(serial, villages[0])), by=clerk)
                outcomes.append("appointed")
            except RowsRefused as refused:
                outcomes.append(str(refused))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=appoint, args=(serial,)) for serial in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        posting = Posting.unscoped.get()
        assert "appointed" in outcomes
        (loser,) = [outcome for outcome in outcomes if outcome != "appointed"]
        assert f"已有第一书记{posting.cadre_name}" in loser
        assert Cadre.unscoped.exclude(host_region="").count() == 1
