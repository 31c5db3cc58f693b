"""Recusal: relatives in office, the own village, the own county, enterprises; findings, declarations, resolutions."""

from typing import Any

import pytest

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.cadres.models import Cadre, FamilyMember
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN
from shibaiqian.policy.actions import set_parameter
from shibaiqian.regions.models import Region
from shibaiqian.selection.models import Nomination, RecusalFinding
from shibaiqian.selection.recusal import OwnCase, RecusalStands, declare_interest, examine_recusals, hits, open_recusals, resolve_recusal
from shibaiqian.selection.tests.factories import (
    OPENED,
    REVIEWED,
    TOWN,
    confirmed_needs,
    drafts,
    fresh,
    nomination_row,
    running_batch,
    villages,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]


@pytest.fixture
def one(_world: None, actor: Any) -> Nomination:
    running_batch(actor)
    Cadre.unscoped.filter(name="王朝辉").update(native_place="陕西商州", birthplace="陕西商州")
    return drafts(actor, nomination_row(1))[0]


def relative(nomination: Nomination, place: str, standing: str, **more: Any) -> FamilyMember:
    said = {"seq": 1, "relation": "哥哥", "name": "王朝阳", "unit_post": "村委会主任", **more}
    return FamilyMember.unscoped.create(
        cadre_id=nomination.cadre_id, region_id=nomination.home_region, place=place, standing=standing, event=1, **said
    )


def found(by: Actor, nomination: Nomination, *hosts: str) -> set[tuple[str, str, str]]:
    with acting(by):
        return {(hit.host, hit.kind, hit.weight) for hit in hits(by, [nomination], hosts, on=REVIEWED)}


class TestHits:
    def test_a_relative_in_the_villages_committee_blocks_that_village_only(self, one: Nomination, clerk: Actor) -> None:
        here, there = villages(2)
        relative(one, here, "village_committee")
        assert found(clerk, one, here, there, TOWN, LUONAN) == {(here, "relative_in_office", "block")}

    def test_a_relative_at_the_head_blocks_the_town_and_warns_below_the_county(self, one: Nomination, clerk: Actor) -> None:
        here = villages(1)[0]
        head = relative(one, TOWN, "host_head")
        assert found(clerk, one, here, TOWN) == {(here, "relative_in_office", "block"), (TOWN, "relative_in_office", "block")}
        FamilyMember.unscoped.filter(pk=head.pk).update(place=LUONAN)
        assert found(clerk, one, here, LUONAN) == {(here, "relative_in_office", "warn"), (LUONAN, "relative_in_office", "block")}

    def test_an_enterprise_there_must_be_declared(self, one: Nomination, clerk: Actor) -> None:
        here, there = villages(2)
        relative(one, here, "enterprise", unit_post="白芨合作社理事长")
        assert found(clerk, one, here, there, TOWN) == {(here, "interest", "warn"), (TOWN, "interest", "warn")}

    def test_the_own_village_warns_or_blocks_where_the_county_says_so(self, one: Nomination, clerk: Actor, county: Region) -> None:
        here, there = Region.objects.get(pk=villages(2)[0]), villages(2)[1]
        bare = here.name.removesuffix("村委会").removesuffix("社区居委会").removesuffix("村").removesuffix("社区")
        one.facts = one.facts | {"birthplace": f"陕西洛南景村镇{bare}村"}
        assert found(clerk, one, here.code, there) == {(here.code, "own_village", "warn")}
        set_parameter(county, key="recusal_own_village_blocks", value=1, valid_from=OPENED, source="洛组发〔2015〕1号", by=clerk)  # type: ignore[arg-type]
        assert found(clerk, one, here.code) == {(here.code, "own_village", "block")}

    def test_the_own_county_warns_a_county_deputy(self, one: Nomination, clerk: Actor) -> None:
        one.facts = one.facts | {"native_place": "陕西洛南"}
        assert found(clerk, one, LUONAN, DANFENG, villages(1)[0]) == {(LUONAN, "native_county", "warn")}

    def test_many_pairs_take_no_more_queries(self, one: Nomination, clerk: Actor, django_assert_num_queries: Any) -> None:
        relative(one, villages(1)[0], "village_committee")
        hosts = villages(4)
        with acting(clerk):
            for count in (1, 4):
                with django_assert_num_queries(3):
                    hits(clerk, [one], hosts[:count], on=REVIEWED)


class TestFindings:
    @pytest.fixture
    def matched(self, one: Nomination, actor: Any) -> Nomination:
        need = confirmed_needs(actor, villages(1)[0])[0]
        relative(one, str(need.region_id), "enterprise")
        Nomination.unscoped.filter(pk=one.pk).update(need=need)
        return fresh([one])[0]

    def test_what_is_found_is_kept_once_and_goes_when_the_post_changes(
        self, matched: Nomination, county: Region, clerk: Actor, actor: Any
    ) -> None:
        for _ in range(2):
            assert examine_recusals(county, nominations=[matched.pk], on=REVIEWED, by=clerk).count == 1
        finding = RecusalFinding.unscoped.get()
        assert (finding.kind, finding.weight, finding.host) == ("interest", "warn", villages(1)[0])
        with acting(clerk):
            assert open_recusals(clerk, [matched.pk]) == {matched.pk: (finding.fact,)}
        Nomination.unscoped.filter(pk=matched.pk).update(need=confirmed_needs(actor, villages(2)[1])[0])
        assert examine_recusals(county, nominations=[matched.pk], on=REVIEWED, by=clerk).count == 0
        with acting(clerk):
            assert open_recusals(clerk, [matched.pk]) == {}

    def test_a_warning_is_resolved_with_a_reason_and_a_block_is_not(self, matched: Nomination, county: Region, clerk: Actor) -> None:
        examine_recusals(county, nominations=[matched.pk], on=REVIEWED, by=clerk)
        finding = RecusalFinding.unscoped.get()
        with pytest.raises(Refused, match="请写明"):
            resolve_recusal(finding, reason=" ", on=REVIEWED, by=clerk)
        resolve_recusal(finding, reason="已公开申报，项目由镇纪委监督", on=REVIEWED, by=clerk)
        with acting(clerk):
            assert open_recusals(clerk, [matched.pk]) == {}
        with pytest.raises(Refused, match="不必重复"):
            resolve_recusal(finding, reason="再说一次", on=REVIEWED, by=clerk)
        RecusalFinding.unscoped.update(weight="block", resolution="")
        with pytest.raises(RecusalStands, match="不得在此任职"):
            resolve_recusal(finding, reason="已公开申报", on=REVIEWED, by=clerk)

    def test_a_declared_interest_stays_until_it_is_resolved(self, matched: Nomination, county: Region, clerk: Actor) -> None:
        host = Region.objects.get(pk=villages(1)[0])
        with pytest.raises(Refused, match="请写明"):
            declare_interest(matched, host=host, fact="", by=clerk)
        declare_interest(matched, host=host, fact="妻子在该村有果园", by=clerk)
        examine_recusals(county, nominations=[matched.pk], on=REVIEWED, by=clerk)
        with acting(clerk):
            assert "妻子在该村有果园" in open_recusals(clerk, [matched.pk])[matched.pk]

    def test_nobody_else_sees_or_does_it(self, matched: Nomination, county: Region, clerk: Actor, stranger: Actor, actor: Any) -> None:
        examine_recusals(county, nominations=[matched.pk], on=REVIEWED, by=clerk)
        finding = RecusalFinding.unscoped.get()
        with pytest.raises(NotVisible):
            examine_recusals(Region.objects.get(pk=DANFENG), nominations=[matched.pk], on=REVIEWED, by=stranger)
        with pytest.raises(NotVisible):
            resolve_recusal(finding, reason="没有关系", on=REVIEWED, by=stranger)
        with pytest.raises(NotVisible):
            declare_interest(matched, host=county, fact="有", by=stranger)
        for by in (actor("sending_unit_admin", unit=matched.unit_id), actor("city_leader", CITY), actor("town_party_admin", LUONAN)):
            with acting(by):
                assert not RecusalFinding.objects.for_everyone(because="the wall alone must hold").exists()
            with pytest.raises(Forbidden):
                resolve_recusal(finding, reason="没有关系", on=REVIEWED, by=by)

    def test_the_own_case_is_left_to_others(self, matched: Nomination, county: Region, actor: Any) -> None:
        wang = actor("county_org_admin", LUONAN, name="王朝阳")
        with pytest.raises(OwnCase, match="是您的亲属"):
            examine_recusals(county, nominations=[matched.pk], on=REVIEWED, by=wang)
