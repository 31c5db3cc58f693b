"""The explicit table of rosters: kind → columns, how rows are prepared, which command writes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import models

from shibaiqian.access import actions as access_actions
from shibaiqian.access import excel as access_excel
from shibaiqian.access.actor import Actor
from shibaiqian.access.models import AssignedHousehold
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Prepared, Rows, Written
from shibaiqian.assistance import actions as assistance_actions
from shibaiqian.assistance import excel as assistance_excel
from shibaiqian.assistance.models import BenefitLink, IndustryEntity, Project
from shibaiqian.base.spreadsheets.columns import Column
from shibaiqian.cadres import actions as cadres_actions
from shibaiqian.cadres import excel as cadres_excel
from shibaiqian.cadres import families, past_appraisals, trainings
from shibaiqian.cadres.models import Cadre, CadreIdentity, FamilyMember, PastAppraisal, Promotion, ResumeItem, TrainingRecord
from shibaiqian.documents import excel as documents_excel
from shibaiqian.documents import register as documents_register
from shibaiqian.fieldwork import actions as fieldwork_actions
from shibaiqian.fieldwork import excel as fieldwork_excel
from shibaiqian.fieldwork.excel import attendance as attendance_excel
from shibaiqian.fieldwork.excel import leave as leave_excel
from shibaiqian.fieldwork.models import (
    AttendanceDay,
    AttendanceMonth,
    LeaveReason,
    LeaveRequest,
    PracticalService,
    Visit,
    WorkLog,
    WorkLogItem,
)
from shibaiqian.households import actions as households_actions
from shibaiqian.households import excel as households_excel
from shibaiqian.households.models import Cause, Household, HouseholdPrivate, HouseholdState, IncomeYear, Member, MemberPrivate
from shibaiqian.organisations import actions as organisations_actions
from shibaiqian.organisations import excel as organisations_excel
from shibaiqian.organisations.models import Organisation, VillagePartner
from shibaiqian.party import actions as party_actions
from shibaiqian.party import excel as party_excel
from shibaiqian.party.models import Overhaul
from shibaiqian.policy import actions as policy_actions
from shibaiqian.policy import excel as policy_excel
from shibaiqian.postings import actions as postings_actions
from shibaiqian.postings import excel as postings_excel
from shibaiqian.postings import pairings
from shibaiqian.postings.excel import arrivals, bound_households
from shibaiqian.postings.excel import pairings as pairing_handovers
from shibaiqian.postings.models import Helper, Pairing, PartyTransfer, PostedHousehold, Posting, PostingChange, TargetItem, TargetLetter
from shibaiqian.postings.targets import actions as targets_actions
from shibaiqian.postings.targets import excel as targets_excel
from shibaiqian.regions.models import Region, VillageProfile
from shibaiqian.selection import batches, gates, needs, nominations, programmes
from shibaiqian.selection.excel import gates as gates_excel
from shibaiqian.selection.excel import needs as needs_excel
from shibaiqian.selection.excel import nominations as nominations_excel
from shibaiqian.selection.models import Nomination, PostNeed


@dataclass(frozen=True)
class Kind:
    """One roster: what offices call it, its columns, its preparation and its command."""

    code: str
    label: str
    columns: Sequence[Column]
    prepare: Callable[..., Prepared]
    command: Callable[..., Written]
    tables: tuple[type[models.Model], ...]  # what it writes, in the order of undoing
    figures: tuple[str, ...] = ()  # the figures it moves
    recount: bool = False  # its command leaves them to be counted again
    opening: bool = False  # only until the county's opening balance is closed
    after_undo: Callable[[int], None] | None = None  # what voiding the rows of an event leaves to be set right
    take_back: Callable[..., None] | None = None  # what it ended runs again; refuses where something later stands on it

    @property
    def permission(self) -> Permission:
        return self.command.permission  # type: ignore[attr-defined, no-any-return]

    def check(self, region: Region, *, rows: Rows, by: Actor) -> Prepared:
        """The dry run: the same preparation the command runs again."""
        return self.prepare(region, rows=rows, by=by)


PEOPLE = ("poor_population", "people_out_stably", "households_income_up")

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("organisations", "单位名册", organisations_excel.COLUMNS, organisations_excel.prepare_organisations,
             organisations_actions.register_organisations, (Organisation,)),
        Kind("issuers", "发文机关名册", documents_excel.COLUMNS, documents_excel.prepare_issuers, documents_register.register_issuers, ()),
        Kind("villages", "村（社区）名册", organisations_excel.VILLAGE_COLUMNS, organisations_excel.prepare_villages,
             organisations_actions.designate_villages, (VillagePartner, VillageProfile), ("poor_villages",), recount=True),
        Kind("cadres", "干部名册", cadres_excel.COLUMNS, cadres_excel.prepare_cadres,
             cadres_actions.register_cadres, (CadreIdentity, ResumeItem, Cadre)),
        Kind("past_appraisals", "年度考核名册", past_appraisals.COLUMNS, past_appraisals.prepare_past_appraisals,
             past_appraisals.record_past_appraisals, (PastAppraisal,)),
        Kind("families", "家庭成员名册", families.COLUMNS, families.prepare_families, families.record_families, (FamilyMember,)),
        Kind("trainings", "培训名册", trainings.COLUMNS, trainings.prepare_trainings, trainings.record_trainings, (TrainingRecord,)),
        Kind("accounts", "账号名册", access_excel.COLUMNS, access_excel.prepare_accounts, access_actions.open_accounts, ()),
        Kind("postings", "挂职干部名册", postings_excel.COLUMNS, postings_excel.prepare_postings,
             postings_actions.appoint_officials, (Posting,), ("tier_10", "tier_100", "tier_1000"),
             recount=True, after_undo=postings_actions.release_hosts),
        Kind("arrivals", "到岗名册", arrivals.COLUMNS, arrivals.prepare_arrivals, postings_actions.record_arrivals,
             (PartyTransfer, PostingChange), after_undo=postings_actions.take_back_arrivals),
        Kind("targets", "目标责任书台账", targets_excel.COLUMNS, targets_excel.prepare_targets, targets_actions.register_targets,
             (TargetItem, TargetLetter)),
        Kind("promotions", "提拔使用名册", cadres_excel.PROMOTION_COLUMNS, cadres_excel.prepare_promotions,
             cadres_actions.record_promotions, (Promotion,),
             ("promo_to_full_county_post", "promo_section_level", "promo_town_secretary", "promo_city_section_chief_to_county"),
             recount=True),
        Kind("households", "贫困户名册（期初）", households_excel.HOUSEHOLD_COLUMNS, households_excel.prepare_households,
             households_actions.register_households, (HouseholdPrivate, Cause, HouseholdState, Household), PEOPLE, opening=True),
        Kind("members", "贫困人口名册", households_excel.MEMBER_COLUMNS, households_excel.prepare_members,
             households_actions.register_members, (MemberPrivate, Member), PEOPLE, opening=True),
        Kind("incomes", "收入台账", households_excel.INCOME_COLUMNS, households_excel.prepare_incomes,
             households_actions.keep_incomes, (IncomeYear,), ("households_income_up",)),
        Kind("pairings", "结对帮扶名册", pairings.COLUMNS, pairings.prepare_pairings, pairings.pair_households, (AssignedHousehold, Pairing, Helper),
             take_back=postings_actions.take_back_pairings),
        Kind("posted_households", "包户名册", bound_households.COLUMNS, bound_households.prepare_bindings,
             postings_actions.bind_households, (PostedHousehold,), take_back=postings_actions.take_back_bindings),
        Kind("household_successors", "包户交接名册", bound_households.SUCCESSOR_COLUMNS, bound_households.prepare_successors,
             postings_actions.assign_successors, (PostedHousehold,), take_back=postings_actions.take_back_bindings),
        Kind("pairing_handovers", "结对交接名册", pairing_handovers.COLUMNS, pairing_handovers.prepare_handovers,
             postings_actions.hand_over_pairings, (AssignedHousehold, Pairing, Helper), take_back=postings_actions.take_back_pairings),
        Kind("industry_entities", "产业主体名册", assistance_excel.ENTITY_COLUMNS, assistance_excel.prepare_entities,
             assistance_actions.register_entities, (IndustryEntity,),
             ("agricultural_parks", "leading_enterprises", "cooperatives", "large_producers")),
        Kind("benefit_links", "利益联结名册", assistance_excel.LINK_COLUMNS, assistance_excel.prepare_links,
             assistance_actions.link_households, (BenefitLink,), ("households_income_up",)),
        Kind("projects", "帮扶项目台账", assistance_excel.PROJECT_COLUMNS, assistance_excel.prepare_projects,
             assistance_actions.register_projects, (Project,), ("projects",)),
        Kind("practical_services", "为民办实事台账", fieldwork_excel.COLUMNS, fieldwork_excel.prepare_services,
             fieldwork_actions.register_services, (PracticalService,), ("practical_services",)),
        Kind("work_logs", "工作日志台账", fieldwork_excel.LOG_COLUMNS, fieldwork_excel.prepare_logs,
             fieldwork_actions.register_logs, (Visit, WorkLogItem, WorkLog)),
        Kind("attendance", "考勤登记表", attendance_excel.COLUMNS, attendance_excel.prepare_attendance,
             fieldwork_actions.register_attendance, (AttendanceDay, AttendanceMonth)),
        Kind("leaves", "请销假登记台账", leave_excel.LEAVE_COLUMNS, leave_excel.prepare_leaves,
             fieldwork_actions.register_leaves, (LeaveReason, LeaveRequest)),
        Kind("overhauls", "后进村（社区）党组织整顿台账", party_excel.COLUMNS, party_excel.prepare_overhauls,
             party_actions.register_overhauls, (Overhaul,), ("organisations_overhauled",)),
        Kind("workdays", "节假日安排", policy_excel.COLUMNS, policy_excel.prepare_workdays, policy_actions.arrange_workdays, ()),
        Kind("tiers", "工程与层级", programmes.COLUMNS, programmes.prepare_tiers, programmes.set_up_programme, ()),
        Kind("batches", "批次与名额", batches.COLUMNS, batches.prepare_batches, batches.open_batches, ()),
        Kind("needs", "岗位需求名册", needs_excel.COLUMNS, needs_excel.prepare_needs, needs.raise_needs, (PostNeed,)),
        Kind("need_units", "岗位包村单位名册", needs_excel.UNIT_COLUMNS, needs_excel.prepare_need_units, needs.bind_units, ()),
        Kind("nominations", "推荐名册", nominations_excel.COLUMNS, nominations_excel.prepare_nominations,
             nominations.nominate, (Nomination,), after_undo=nominations.release_candidates),
        Kind("gate_reviews", "四关审查名册", gates_excel.COLUMNS, gates_excel.prepare_reviews, gates.review_gates, ()),
    )
}  # fmt: skip
