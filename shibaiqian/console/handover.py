"""The handover of a posting put together from every context: what the list says, and the pack as a document's contents.

Postings stand below projects and practical services, so their records are gathered here and handed down to the command.
"""

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Count, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.assistance.models import Project
from shibaiqian.assistance.queries import projects_of_posting
from shibaiqian.base import clock
from shibaiqian.base.figures_format import yuan
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.writing import write_roster
from shibaiqian.fieldwork.models import PracticalService
from shibaiqian.fieldwork.queries import services_of_posting
from shibaiqian.households.models import Household, State
from shibaiqian.party.models import Overhaul
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import Management, management_of
from shibaiqian.regions.models import VillageProfile
from shibaiqian.regions.rules import bounds

NAMED = 10  # projects and services named one by one
PACK_COLUMNS = (
    Column("part", "事项"), Column("name", "名称"), Column("who", "对象"), Column("state", "状态"), Column("on", "日期", ColumnKind.DATE),
    Column("amount_cents", "金额（元）", ColumnKind.MONEY), Column("follows", "接续"),
)  # fmt: skip


@dataclass(frozen=True)
class HandoverPack:
    """Everything that is handed over with a posting, for the document and for Excel."""

    posting: Posting
    management: Management
    projects: Sequence[Project]
    promises: Sequence[PracticalService]  # not yet confirmed by those they were done for
    facts: Mapping[str, Sequence[str]]
    made_on: dt.date

    def rows(self) -> list[dict[str, object]]:
        """One line a thing, by the columns of `PACK_COLUMNS`."""
        rows: list[dict[str, object]] = [
            {
                "part": "包联户", "name": row.household.number, "who": row.household.head_name, "state": row.household.get_state_display(),
                "on": row.since, "follows": str(row.successor_helper or "") or (row.successor_posting.cadre_name if row.successor_posting else ""),
            }
            for row in self.management.households
        ]  # fmt: skip
        rows += [
            {
                "part": "帮扶项目", "name": p.name, "who": p.region.name, "state": p.get_state_display(), "on": p.due_on or p.started_on,
                "amount_cents": p.budget_cents,
            }
            for p in self.projects
        ]  # fmt: skip
        rows += [
            {
                "part": "未确认实事",
                "name": s.content,
                "who": s.beneficiary,
                "state": "待群众确认",
                "on": s.on,
                "amount_cents": s.amount_cents,
            }
            for s in self.promises
        ]
        items = self.management.handover.items if self.management.handover else []
        rows += [
            {"part": "交接清单", "name": item["label"], "who": item["text"], "state": "已核对" if item["done"] else "未核对"}
            for item in items
        ]
        return rows


def handover_facts(actor: Actor, posting: Posting) -> Mapping[str, Sequence[str]]:
    """What the records say for the items of a handover list, in sentences; an item without records is left out. Six queries."""
    low, high = bounds(posting.region_id)
    facts: dict[str, list[str]] = {}
    profile = VillageProfile.objects.visible_to(actor).filter(region=posting.region_id).first()
    if profile is not None:
        facts["village_profile"] = [
            f"{'贫困村' if profile.poor_village else '非贫困村'}，农业户 {profile.rural_households or 0} 户、{profile.rural_population or 0} 人",
            *([f"村党组织书记{profile.secretary}"] if profile.secretary else []),
            *([f"集体经济收入 {yuan(profile.collective_income_cents)} 元"] if profile.collective_income_cents else []),
        ]
        if profile.party_org:
            facts["party_ledger"] = [profile.party_org]
    if actor.may(Permission.VIEW_HOUSEHOLDS):
        rows = Household.objects.visible_to(actor).filter(region_id__gte=low, region_id__lt=high)
        counted = dict(rows.values_list("state").annotate(n=Count("pk")).order_by("state"))
        if counted:
            facts["household_ledger"] = [f"{State(state).label} {n} 户" for state, n in counted.items()]
    if actor.may(Permission.VIEW_ASSISTANCE):
        under_way = list(_unfinished(actor, posting)[:NAMED])
        if under_way:
            facts["projects"] = [f"{p.name}（{p.get_state_display()}，总投资 {yuan(p.budget_cents)} 元）" for p in under_way]
    if actor.may(Permission.VIEW_FIELDWORK):
        promised = list(services_of_posting(actor, posting).filter(confirmation="")[:NAMED])
        if promised:
            facts["promises"] = [f"{s.on} {s.beneficiary}：{s.content}（待确认）" for s in promised]
    if actor.may(Permission.VIEW_PARTY):
        weak = Overhaul.objects.visible_to(actor).filter(region_id__gte=low, region_id__lt=high, state=Overhaul.State.IN_RECTIFICATION)
        facts.setdefault("party_ledger", []).extend(f"{o.organisation_name}正在整顿（{o.listed_on} 起）" for o in weak[:NAMED])
    return {code: said for code, said in facts.items() if said}


def _unfinished(actor: Actor, posting: Posting) -> "QuerySet[Project]":
    return projects_of_posting(actor, posting).exclude(state=Project.State.INSPECTED).select_related("region")


def handover_pack(actor: Actor, posting: Posting) -> HandoverPack:
    """The pack of a posting the actor sees: households with who follows, projects, what is not confirmed, the signed list."""
    return HandoverPack(
        posting=posting,
        management=management_of(actor, posting),
        projects=list(_unfinished(actor, posting)) if actor.may(Permission.VIEW_ASSISTANCE) else [],
        promises=list(services_of_posting(actor, posting).filter(confirmation="")) if actor.may(Permission.VIEW_FIELDWORK) else [],
        facts=handover_facts(actor, posting),
        made_on=clock.today(),
    )


def pack_workbook(pack: HandoverPack, *, by: Actor) -> bytes:
    """The pack as .xlsx by the house's writer."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pack.xlsx"
        write_roster(
            file, columns=PACK_COLUMNS, frame_or_rows=pack.rows(), title="工作交接包",
            criteria=f"{pack.posting.cadre_name}（{pack.posting.host_name}{pack.posting.title}，任职编号 {pack.posting.number}）",
            watermark=f"{by.name} {pack.made_on} 导出，含个人信息，请妥善保管",
        )  # fmt: skip
        return file.read_bytes()
