"""The programme is made by the process of selection: by rosters and the clerks' commands."""

from pathlib import Path
from typing import Any

import pytest

from shibaiqian.access.rows import Rows
from shibaiqian.audit.models import Event
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.reading import read_roster
from shibaiqian.cadres.models import FamilyMember
from shibaiqian.demo import open_round, programme
from shibaiqian.demo.accounts import first_secretary, shown_village
from shibaiqian.demo.officials import postings as posted_in
from shibaiqian.demo.plan import CITY, COUNTIES
from shibaiqian.demo.procedure import OPEN_BATCH
from shibaiqian.demo.rosters import city_rosters, county_rosters
from shibaiqian.demo.tests.county import PASSWORD
from shibaiqian.demo.workbooks import write_workbook
from shibaiqian.documents.models import Objection, PublicNotice
from shibaiqian.imports.kinds import KINDS
from shibaiqian.indicators.queries import figures
from shibaiqian.policy.actions import install_defaults
from shibaiqian.postings.actions import install_programme
from shibaiqian.postings.models import Posting, TargetLetter
from shibaiqian.regions.models import Region
from shibaiqian.selection.models import GateReview, MatchWish, Nomination, PostNeed, RecusalFinding

STEPS = {
    "nominations": lambda region: programme.start_batches() if region == CITY else None,
    "gate_reviews": programme.until_review,
    "arrivals": programme.until_appointed,
}
BY_INSTALLATION = ("organisations", "issuers", "villages", "overhauls", "cadres", "past_appraisals", "families", "trainings", "accounts")
OF_POVERTY = ("households", "members", "incomes", "pairings", "posted_households")  # slow, and nothing here needs them


class Taken:
    """Rosters as the importer takes them: written as Excel, read, checked, written by the command of their kind."""

    def __init__(self, folder: Path, actor: Any) -> None:
        self.folder, self.actor = folder, actor

    def take(self, region: str, kind: str, frame: Any) -> None:
        if kind in STEPS:
            STEPS[kind](region)
        place, roster = Region.objects.get(pk=region), KINDS[kind]
        path = self.folder / f"{region}-{kind}.xlsx"
        write_workbook(path, title=roster.label, sheet=roster.label, frame=frame)
        reading = read_roster(path, columns=roster.columns)
        by = self.actor("system", CITY) if kind in BY_INSTALLATION else programme.clerk(region)
        assert list(reading.findings.refusals()) == []
        roster.command(place, rows=Rows(reading.frame, sheet=reading.sheet), by=by)


def load(folder: Path, actor: Any, counties: list[str]) -> None:
    install_defaults()
    install_programme()
    taken = Taken(folder, actor)
    for kind, frame in city_rosters(PASSWORD, counties):
        taken.take(CITY, kind, frame)
    for county in counties:
        for kind, frame in county_rosters(county, PASSWORD):
            if kind not in OF_POVERTY:
                taken.take(county, kind, frame)
            if kind == "targets":
                break
        open_round.until_today(county)


def counted(by: Any, region: str) -> dict[str, int]:
    return figures(by, region=region, as_of=clock.today(), codes={"tier_10", "tier_100", "tier_1000"})


def as_planned(counties: list[str], *, deciders: set[str]) -> None:
    """Each posting stands as planned: place, document, dates; in villages it is somebody of the unit that is bound to them."""
    plan = {p.number: p for county in counties for p in posted_in(county) if p.decider in deciders}
    for posting in Posting.unscoped.filter(number__in=plan).select_related("unit"):
        planned = plan.pop(posting.number)
        said = (
            str(posting.region_id),
            posting.document_number,
            str(posting.appointed_on),
            str(posting.planned_end),
            str(posting.arrived_on),
        )
        assert said == (planned.host, planned.document, str(planned.appointed), str(planned.ends), str(planned.arrived))
        assert posting.tier_code != "T1000" or posting.unit.code == planned.cadre.unit.code
    assert plan == {}


def every_gate_stood_on_the_day() -> None:
    passed = GateReview.unscoped.filter(result="pass").values_list("nomination", "gate", "reviewed_on", "valid_until")
    gates: dict[Any, dict[str, Any]] = {}
    for key, gate, on, until in passed:
        gates.setdefault(key, {})[gate] = (on, until)
    for row in Nomination.unscoped.filter(state="appointed").select_related("posting", "need", "notice", "decision"):
        on = row.posting.appointed_on
        assert row.posting.number == row.need.number
        assert row.decision.meeting_on <= row.notice.starts_on <= row.notice.ends_on < on
        assert row.notice.workdays == 5
        assert set(gates[row.pk]) == {"political", "conduct", "integrity", "ability"}
        assert all(reviewed <= row.decision.drawn_on and until >= on for reviewed, until in gates[row.pk].values())


def relations_kept_apart() -> None:
    """Nobody serves where a relative holds an office, and there were some who would have been sent there."""
    posted = {row.cadre_id: str(row.region_id) for row in Posting.unscoped.all()}
    barred = FamilyMember.unscoped.filter(standing__in=["village_committee", "host_head"], cadre__in=posted)
    places = list(barred.values_list("cadre", "place"))
    assert len(places) >= 5
    assert not [place for cadre, place in places if posted[cadre].startswith(place)]


@pytest.mark.slow
@pytest.mark.django_db
def test_the_city_posts_the_ten_and_its_part_of_the_hundred(tmp_path: Path, actor: Any) -> None:
    load(tmp_path, actor, [])
    assert counted(actor("city_org_admin", CITY), CITY) == {"tier_10": 10, "tier_100": 40, "tier_1000": 0}
    as_planned(list(COUNTIES), deciders={CITY})
    every_gate_stood_on_the_day()
    assert set(Nomination.unscoped.values_list("state", flat=True)) == {"appointed", "rejected"}
    relations_kept_apart()
    waiting = Posting.unscoped.filter(statutory_on=None).exclude(statutory_procedure="")
    assert 0 < waiting.count() < Posting.unscoped.exclude(statutory_procedure="").count() / 4
    events = Event.objects.count()
    programme.until_review(CITY)  # called again, after an interruption, nothing happens
    programme.until_appointed(CITY)
    assert Event.objects.count() == events


@pytest.mark.slow
@pytest.mark.django_db
def test_the_whole_programme_is_made_by_the_process(tmp_path: Path, actor: Any) -> None:
    load(tmp_path, actor, list(COUNTIES))
    assert counted(actor("city_org_admin", CITY), CITY) == {"tier_10": 10, "tier_100": 100, "tier_1000": 1_280}
    as_planned(list(COUNTIES), deciders={CITY, *COUNTIES})
    every_gate_stood_on_the_day()
    relations_kept_apart()
    warned = RecusalFinding.unscoped.filter(kind="interest", voided_by=None)
    assert warned.count() > 10
    assert not warned.filter(resolution="").exclude(nomination__batch__name=OPEN_BATCH).exists()
    finished = Nomination.unscoped.exclude(batch__name=OPEN_BATCH)
    assert set(finished.values_list("state", flat=True)) == {"appointed", "rejected", "withdrawn"}
    # The stories: pinned where several of a unit were proposed, sent outside a batch where the need arose.
    told = {"611023111216": "汪文海", "611024107209": "程建林", "611002105237": "屈立新"}
    assert {code: Posting.unscoped.get(region_id=code).cadre_name for code in told} == told
    assert MatchWish.unscoped.filter(kind="pin").count() == 2
    assert Posting.unscoped.get(region_id="611023111216").acting_head != ""
    assert Nomination.unscoped.filter(batch=None).get().posting.document_number == "山组发〔2015〕88号"
    for county in COUNTIES:  # whose accounts are shown
        assert Posting.unscoped.get(region_id=shown_village(county)).cadre_name == first_secretary(shown_village(county)).cadre.name
    # What is under way.
    assert PostNeed.unscoped.filter(batch__name=OPEN_BATCH).count() == Nomination.unscoped.filter(batch__name=OPEN_BATCH).count() == 20
    notice = PublicNotice.unscoped.get(state="open")
    assert (str(notice.starts_on), str(notice.ends_on)) == ("2016-06-06", "2016-06-13")  # 9 to 11 June off, 12 June at work
    assert (Objection.unscoped.count(), Nomination.unscoped.filter(state="objection_hold").count()) == (1, 1)
    assert [Posting.unscoped.filter(state=state).count() for state in ("suspended", "recall_proposed")] == [1, 1]
    assert TargetLetter.unscoped.filter(state="signed").count() == 1_390
    late = Posting.unscoped.filter(party_in_on=None)
    assert 0 < late.count() < 20
