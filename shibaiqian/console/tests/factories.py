"""Rows for pages, written as the owner: a village with its people, its official, and what was done there."""

import datetime as dt
import itertools
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from shibaiqian.access.models import Assignment, User
from shibaiqian.assistance.models import BenefitLink, IndustryEntity, Project
from shibaiqian.audit.record import next_event_id
from shibaiqian.base import clock, crypto, pinyin
from shibaiqian.cadres.models import Cadre, CadreIdentity, Promotion, ResumeItem
from shibaiqian.fieldwork.models import PracticalService, Visit, WorkLog, WorkLogItem
from shibaiqian.households.models import (
    Cause,
    Household,
    HouseholdPrivate,
    HouseholdState,
    IncomeYear,
    Member,
    MemberPrivate,
)
from shibaiqian.organisations.models import Organisation, OrganisationName, VillagePartner
from shibaiqian.party.models import Overhaul
from shibaiqian.postings.models import (
    Handover,
    Helper,
    Pairing,
    PartyTransfer,
    PostedHousehold,
    Posting,
    PostingChange,
    Programme,
    Support,
    Tier,
)
from shibaiqian.postings.rules import checklist
from shibaiqian.regions.models import Region, VillageProfile

COUNTY, OTHER_COUNTY = "611021", "611022"
ID_NUMBER = "61252319700308{:04d}"
_serial = itertools.count(1)


def village_of(county: str = COUNTY, *, place: int = 0) -> Region:
    return Region.objects.filter(code__gte=county, code__lt=f"{county}:", level="village").order_by("code")[place]


def _named(name: str) -> dict[str, str]:
    return {"name": name, "pinyin": pinyin.full(name), "initials": pinyin.initials(name)}


def unit(region: str = "6110", *, name: str = "市财政局", **given: Any) -> Organisation:
    values = {
        "code": f"U{next(_serial)}",
        "kind": "gov_department",
        "level": "city",
        "region_id": region,
        "department_class": "finance",
        "event": next_event_id(),
    }
    made = Organisation.objects.create(**{**values, **_named(name), **given})
    OrganisationName.objects.create(organisation=made, name=name, valid_from=dt.date(2010, 3, 1), event=made.event)
    return made


def cadre(of: Organisation, *, name: str = "何建军", **given: Any) -> Cadre:
    serial = next(_serial)
    values = {
        "sex": "1", "birth_date": dt.date(1976, 3, 8), "id_last4": f"{serial:04d}", "ethnicity": "01", "political_status": "01",
        "party_join_month": "199907", "work_start_month": "199707", "personnel_type": "civil_servant", "management_level": "city_managed",
        "post_rank": "R51", "unit": of, "region_id": of.region_id, "post": "科长", "edu_full_time": "大学", "event": next_event_id(),
    }  # fmt: skip
    made = Cadre.unscoped.create(**{**values, **_named(name), **given})
    number = ID_NUMBER.format(serial)
    CadreIdentity.unscoped.create(
        cadre=made, region_id=made.region_id, host_region=made.host_region, unit=of, id_sealed=crypto.seal(number, row=str(made.pk)),
        id_blind=crypto.blind(number), event=made.event,
    )  # fmt: skip
    ResumeItem.unscoped.create(
        cadre=made,
        region_id=made.region_id,
        unit=of.pk,
        start_month="199707",
        end_month="",
        unit_text=of.name,
        post_text="科员、科长",
        kind="work",
        event=made.event,
    )
    return made


def tier(code: str = "T1000") -> Tier:
    found = Tier.objects.filter(code=code).first()
    if found is not None:
        return found
    programme, _ = Programme.objects.get_or_create(
        code="shibaiqian",
        defaults={"name": "十百千", "region_id": "6110", "starts_on": dt.date(2014, 3, 1), "goal_on": dt.date(2019, 12, 31)},
    )
    level = {"T10": ("县级", "county"), "T100": ("镇级", "town"), "T1000": ("村级", "village")}[code]
    return Tier.objects.create(programme=programme, code=code, label=level[0], host_level=level[1], titles="第一书记", quota=1280)


def posting(host: Region, *, sent_by: Organisation, name: str = "何建军", code: str = "T1000", **given: Any) -> Posting:
    serial = next(_serial)
    official = given.pop("cadre", None) or cadre(sent_by, name=name, host_region=host.code)
    values = {
        "number": f"{host.code[:6]}-{serial:04d}", "cadre": official, "cadre_name": official.name, "tier": tier(code), "tier_code": code, "region": host,
        "home_region": sent_by.region_id, "unit": sent_by, "host_name": f"{host.name}党支部", "title": "第一书记",
        "duties": "建强基层组织、推动精准扶贫、为民办事服务、提升治理水平", "document_number": f"商组发〔2015〕{serial}号",
        "appointed_on": dt.date(2015, 7, 20), "arrived_on": dt.date(2015, 8, 1), "planned_end": dt.date(2017, 7, 31), "state": "active", "event": next_event_id(),
    }  # fmt: skip
    return Posting.unscoped.create(**{**values, **given})


def household(
    region: Region, *, name: str = "陈新志", members: int = 3, state: str = "registered", private: bool = True, **given: Any
) -> Household:
    serial, named = next(_serial), _named(name)
    values = {
        "number": f"{region.code}{serial:04d}", "region": region, "group": "二组", "head_name": named["name"], "pinyin": named["pinyin"],
        "initials": named["initials"], "member_count": members, "attribute": "general", "standard": "provincial", "identified_on": dt.date(2014, 3, 20),
        "source": "registration", "farmland_centimu": 420, "house_square_decimetres": 9600, "house_danger": "safe", "safe_water": True,
        "electricity": True, "road_metres": 1800, "state": state, "main_cause": "01", "opening": True, "event": next_event_id(),
    }  # fmt: skip
    made = Household.unscoped.create(**{**values, **given})
    _history(made)
    for position in range(members):
        member(made, name=name if not position else f"{name[0]}{'玉梅霞芳英'[position % 5]}", head=not position)
    if private:
        sealed = crypto.seal("13800001234", row=str(made.pk))
        HouseholdPrivate.unscoped.create(household=made, region=region, phone_sealed=sealed, event=made.event)
    return made


def _history(made: Household) -> None:
    out = made.state in ("exited", "stable_exit")
    HouseholdState.unscoped.create(
        household=made, region_id=made.region_id, state="registered", since=made.identified_on, until=dt.date(2015, 12, 31) if out else None,
        basis="期初建账", event=made.event,
    )  # fmt: skip
    if out:
        HouseholdState.unscoped.create(
            household=made, region_id=made.region_id, state=made.state, since=dt.date(2015, 12, 31), event=made.event
        )
    for cause, is_main in ((made.main_cause, True), ("07", False)):
        Cause.unscoped.create(
            household=made, region_id=made.region_id, cause=cause, is_main=is_main, since=made.identified_on, event=made.event
        )
    for year, yuan in ((2013, 2100), (2014, 2680), (2015, 3350)):
        IncomeYear.unscoped.create(
            household=made, region_id=made.region_id, year=year, member_count=made.member_count, wage_cents=yuan * 60 * made.member_count,
            operation_cents=yuan * 40 * made.member_count, property_cents=0, transfer_cents=0, cost_cents=0, event=made.event,
        )  # fmt: skip


def member(of: Household, *, name: str, head: bool = False, **given: Any) -> Member:
    serial = next(_serial)
    values = {
        "household": of, "region_id": of.region_id, "name": name, "sex": "男" if head else "女", "birth_date": dt.date(1970 if head else 1990, 3, 8),
        "id_last4": f"{serial:04d}", "relation": "户主" if head else "之女", "ethnicity": "汉族", "education": "初中", "student_status": "非在校生",
        "labour": "普通劳动力", "work_place": "" if head else "省外务工", "medical_insurance": "新农合", "joined_on": of.identified_on, "event": of.event,
    }  # fmt: skip
    made = Member.unscoped.create(**{**values, **given})
    number = ID_NUMBER.format(serial)
    MemberPrivate.unscoped.create(
        member=made, region_id=made.region_id, id_sealed=crypto.seal(number, row=str(made.pk)), id_blind=crypto.blind(number),
        health="长期慢性病" if head else "健康", event=of.event,
    )  # fmt: skip
    return made


def pairing(of: Household, *, by: Organisation, name: str = "王帮扶") -> Pairing:
    serial = next(_serial)
    helper = Helper.unscoped.create(
        name=name, pinyin=pinyin.full(name), unit=by, region_id=of.region_id, phone_last4=f"{serial:04d}", event=of.event
    )
    return Pairing.unscoped.create(
        household=of,
        region_id=of.region_id,
        helper=helper,
        helper_name=name,
        helper_unit=by.name,
        helper_post="科员",
        since=dt.date(2015, 9, 1),
        event=of.event,
    )


def _about(of: Posting) -> dict[str, Any]:
    return {
        "posting": of, "region": of.region, "home_region": of.home_region, "unit": of.unit_id, "cadre": of.cadre_id, "event": next_event_id(),
    }  # fmt: skip


def bound(of: Posting, home: Household, **given: Any) -> PostedHousehold:
    """A household bound to a posted official."""
    about = {"posting": of, "household": home, "region": home.region, "cadre_name": of.cadre_name, "since": dt.date(2015, 8, 1), **given}
    made: PostedHousehold = PostedHousehold.unscoped.create(**about, event=next_event_id())
    return made


def handover(of: Posting) -> Handover:
    """A handover that was just opened."""
    made: Handover = Handover.unscoped.create(
        **_about(of), successor_name="村党支部书记", opened_on=dt.date(2016, 6, 1), items=checklist({"projects": ["通组路：在建"]})
    )
    return made


def managed(of: Posting) -> None:
    """A line of history, a letter and support more."""
    PostingChange.unscoped.create(**_about(of), kind="suspension", on=dt.date(2016, 1, 4), reason="长期病假")
    if not PartyTransfer.unscoped.filter(posting=of).exists():
        PartyTransfer.unscoped.create(
            **_about(of),
            direction="to_host",
            letter_number="第0012号",
            from_body="单位党组织",
            to_body="村党组织",
            out_on=dt.date(2015, 8, 1),
        )
    Support.unscoped.create(**_about(of), kind="town_subsidy", on=dt.date(2016, 1, 4), amount_cents=30_000, provider="县财政局")


def project(of: Posting, *, region: Region | None = None, name: str = "通组道路硬化", **given: Any) -> Project:
    serial = next(_serial)
    values = {
        "number": f"P{serial:05d}", "kind": "infrastructure", "mode": "branch_led", "region": region or of.region, "posting": of, "official": of.cadre_name, "fund_source": "county",
        "budget_cents": 36_500_000, "started_on": dt.date(2016, 3, 10), "due_on": dt.date(2016, 5, 31), "state": "under_construction",
        "beneficiary_households": 46, "event": next_event_id(),
    }  # fmt: skip
    return Project.unscoped.create(**{**values, "name": name, "pinyin": pinyin.full(name), **given})


def entity(of: Posting, *, region: Region | None = None, name: str = "云岭香菇专业合作社", **given: Any) -> IndustryEntity:
    serial = next(_serial)
    values = {
        "number": f"E{serial:05d}", "kind": "cooperative", "region": region or of.region, "product": "香菇", "scale_hundredths": 1_200_000, "scale_unit": "袋",
        "posting": of, "official": of.cadre_name, "assisted_since": dt.date(2015, 10, 8), "event": next_event_id(),
    }  # fmt: skip
    return IndustryEntity.unscoped.create(**{**values, "name": name, "pinyin": pinyin.full(name), **given})


def link(of: Household, to: IndustryEntity) -> BenefitLink:
    return BenefitLink.unscoped.create(
        household=of,
        entity=to,
        region_id=of.region_id,
        kind="employment",
        since=dt.date(2015, 11, 1),
        annual_income_cents=320_000,
        event=of.event,
    )


def service(of: Posting, *, to: Household | None = None, region: Region | None = None, **given: Any) -> PracticalService:
    serial = next(_serial)
    values = {
        "posting": of, "official": of.cadre_name, "region": region or of.region, "household": to, "beneficiary": to.head_name if to else "村民李大山", "kind": "medical",
        "content": f"协助办理门诊慢性病待遇，第 {serial} 件", "on": dt.date(2016, 5, 12), "confirmation": "signed", "confirmed_on": dt.date(2016, 5, 13),
        "event": next_event_id(),
    }  # fmt: skip
    return PracticalService.unscoped.create(**{**values, **given})


def log(of: Posting, *, to: Household | None = None, on: dt.date = dt.date(2016, 6, 1), content: str = "入户了解收入和务工情况") -> WorkLog:
    event = next_event_id()
    made = WorkLog.unscoped.create(posting=of, cadre=of.cadre_id, region=of.region, on=on, recorded_at=clock.business_now(), event=event)
    item = WorkLogItem.unscoped.create(log=made, region=of.region, category="visit", household=to, content=content, event=event)
    if to is not None:
        Visit.unscoped.create(
            household=to, region=of.region, posting=of, official=of.cadre_name, log_item=item, on=on, content=content, event=event
        )
    return made


def overhaul(region: Region, **given: Any) -> Overhaul:
    values = {
        "region": region, "organisation_name": f"{region.name}党支部", "label": "lagging", "kinds": "W01|W12", "listed_on": dt.date(2016, 2, 20),
        "state": "in_rectification", "event": next_event_id(),
    }  # fmt: skip
    return Overhaul.unscoped.create(**{**values, **given})


def promotion(of: Cadre, *, to: Organisation, **given: Any) -> Promotion:
    values = {
        "cadre": of, "kind": "section_level", "old_post": "科长", "new_post": "副局长", "unit": to, "region_id": to.region_id, "origin_region": of.region_id,
        "on": dt.date(2016, 4, next(_serial) % 28 + 1), "document_number": "商组发〔2016〕18号", "event": next_event_id(),
    }  # fmt: skip
    return Promotion.unscoped.create(**{**values, **given})


def profile(region: Region, **given: Any) -> VillageProfile:
    values = {
        "region": region, "poor_village": True, "rural_households": 312, "rural_population": 1180, "farmland_centimu": 146_000,
        "collective_income_cents": 3_200_000, "village_types": "poor|weak_org", "party_org": f"{region.name}党支部", "secretary": "吴明德", "event": next_event_id(),
    }  # fmt: skip
    return VillageProfile.unscoped.create(**{**values, **given})


def partner(region: Region, of: Organisation) -> VillagePartner:
    return VillagePartner.unscoped.create(region=region, unit=of, since=dt.date(2015, 6, 1), event=next_event_id())


@dataclass
class World:
    """A village where everything is once."""

    village: Region
    unit: Organisation
    posting: Posting
    households: list[Household] = field(default_factory=list)
    services: list[PracticalService] = field(default_factory=list)
    project: Project | None = None
    entity: IndustryEntity | None = None
    promotion: Promotion | None = None

    @property
    def household(self) -> Household:
        return self.households[0]

    def more(self, count: int) -> None:
        """`count` more rows of everything that a list shows or a file lists."""
        for number in range(count):
            # The official stays one a village; the next ones serve in the villages after this one.
            place = village_of(self.village.code[:6], place=10 + next(_serial) % 40)
            official = posting(place, sent_by=self.unit, name=f"李干部{number}")
            home = household(self.village, name=f"赵户主{number}")
            pairing(home, by=self.unit, name=f"帮扶人{number}")
            project(self.posting, name=f"饮水工程{number}"), project(official)
            made = entity(self.posting, name=f"天麻合作社{number}")
            link(home, made), link(self.household, made), link(home, self.entity)
            service(self.posting, to=self.household), service(official, confirmation="", confirmed_on=None)
            log(self.posting, to=self.household, on=dt.date(2016, 5, 1 + next(_serial) % 28))
            overhaul(place)
            bound(self.posting, home), handover(official), managed(self.posting)
            promotion(official.cadre, to=unit(self.village.code[:6], name=f"县农业局{number}", level="county"))
            self.households.append(home)


def world(county: str = COUNTY) -> World:
    village = village_of(county)
    sender = unit(county, name="县财政局", level="county")
    official = posting(village, sent_by=sender)
    made = World(village=village, unit=sender, posting=official)
    profile(village), partner(village, sender), overhaul(village)
    made.households.append(household(village))
    pairing(made.household, by=sender)
    made.project, made.entity = project(official), entity(official)
    link(made.household, made.entity)
    made.services += [service(official, to=made.household), service(official, to=made.household, confirmation="", confirmed_on=None)]
    log(official, to=made.household)
    bound(official, made.household), handover(official), managed(official)
    made.promotion = promotion(official.cadre, to=sender)
    return made


def sign_in(role: str, region: str = "", *, name: str = "测试人员", language: str = "", **scope: Any) -> Client:
    """A browser signed in as somebody new in this role with this scope."""
    now = clock.wall_now()
    user = User.objects.create(login=f"u{next(_serial)}", name=name, created_at=now)
    Assignment.objects.create(user=user, role=role, region=region, scope_name=region, valid_from=dt.date(2014, 1, 1), **scope)
    client = Client()
    client.force_login(user, backend="shibaiqian.access.backends.LoginBackend")
    session = client.session
    stamp = now.timestamp()
    session.update({"touched_at": stamp, "started_at": stamp, "epoch": user.session_epoch})
    if language:
        session["language"] = language
    session.save()
    return client


def client(role: str, world: World, *, language: str = "") -> Client:
    region = {"posted_cadre": world.village.code, "village_admin": world.village.code, "city_leader": "6110"}.get(role, COUNTY)
    return sign_in(role, region, name=world.posting.cadre_name, language=language)


def text(answer: Any) -> str:
    return answer.content.decode()
