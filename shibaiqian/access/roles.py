"""Roles and permissions: one table. `docs/permissions.md` is generated from it."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.scope import ScopeKind


class Permission(StrEnum):
    """What a role may do; where is the scope's business. Named verb_noun."""

    VIEW_FIGURES = "view_figures"
    VIEW_REGIONS = "view_regions"
    VIEW_ORGANISATIONS = "view_organisations"
    VIEW_CADRES = "view_cadres"
    VIEW_CADRE_IDENTITY = "view_cadre_identity"
    VIEW_POSTINGS = "view_postings"
    VIEW_HOUSEHOLDS = "view_households"
    VIEW_HOUSEHOLD_PRIVATE = "view_household_private"
    VIEW_ASSISTANCE = "view_assistance"
    VIEW_FIELDWORK = "view_fieldwork"
    VIEW_PARTY = "view_party"
    VIEW_IMPORTS = "view_imports"
    VIEW_REPORTS = "view_reports"
    VIEW_SELECTION = "view_selection"
    VIEW_GATE_OPINIONS = "view_gate_opinions"
    VIEW_CADRE_FILES = "view_cadre_files"
    VIEW_DOCUMENTS = "view_documents"
    VIEW_TARGETS = "view_targets"
    VIEW_PLANS = "view_plans"
    VIEW_REQUESTS = "view_requests"
    VIEW_ATTENDANCE = "view_attendance"
    VIEW_LEAVE_REASONS = "view_leave_reasons"
    VIEW_BURDEN = "view_burden"
    VIEW_AUDIT = "view_audit"
    VIEW_ACCOUNTS = "view_accounts"
    REGISTER_ORGANISATIONS = "register_organisations"
    DESIGNATE_VILLAGES = "designate_villages"
    REGISTER_CADRES = "register_cadres"
    APPOINT = "appoint"
    RECORD_PROMOTIONS = "record_promotions"
    PLAN_BATCHES = "plan_batches"
    RAISE_NEEDS = "raise_needs"
    CONFIRM_NEEDS = "confirm_needs"
    NOMINATE = "nominate"
    REVIEW_NOMINATIONS = "review_nominations"
    REVIEW_INTEGRITY = "review_integrity"
    MATCH = "match"
    DECIDE_SELECTION = "decide_selection"
    ISSUE_DOCUMENTS = "issue_documents"
    KEEP_POSTINGS = "keep_postings"
    WITNESS_HANDOVER = "witness_handover"
    KEEP_TARGETS = "keep_targets"
    SIGN_TARGETS = "sign_targets"
    KEEP_SUPPORT = "keep_support"
    REGISTER_HOUSEHOLDS = "register_households"
    KEEP_INCOME = "keep_income"
    PAIR_HOUSEHOLDS = "pair_households"
    KEEP_ASSISTANCE = "keep_assistance"
    KEEP_FIELDWORK = "keep_fieldwork"
    HEAR_HOUSEHOLDS = "hear_households"
    VIEW_DRAFTS = "view_drafts"
    WRITE_DRAFTS = "write_drafts"
    TAKE_DRAFTS = "take_drafts"
    KEEP_PLANS = "keep_plans"
    HEAR_REPORTS = "hear_reports"
    VIEW_CLAIMS = "view_claims"
    DRAW_CLAIMS = "draw_claims"
    SETTLE_CLAIMS = "settle_claims"
    NOTE_DECISIONS = "note_decisions"
    DECLARE_EMERGENCIES = "declare_emergencies"
    ASK_UPWARD = "ask_upward"
    ANSWER_REQUESTS = "answer_requests"
    KEEP_ATTENDANCE = "keep_attendance"
    CONFIRM_ATTENDANCE = "confirm_attendance"
    ASK_ABOUT_LOGS = "ask_about_logs"
    FIND_CLUES = "find_clues"
    DECIDE_LEAVE = "decide_leave"
    PUBLISH_ATTENDANCE = "publish_attendance"
    POST_NOTICES = "post_notices"
    KEEP_PARTY = "keep_party"
    IMPORT_ROSTERS = "import_rosters"
    CLOSE_OPENING = "close_opening"
    ISSUE_REPORTS = "issue_reports"
    MANAGE_ACCOUNTS = "manage_accounts"
    KEEP_VILLAGE_ACCOUNTS = "keep_village_accounts"
    GRANT_ROLES = "grant_roles"
    DELEGATE = "delegate"
    EXPORT = "export"
    KEEP_OWN_ACCOUNT = "keep_own_account"


P = Permission
_OWN = {P.KEEP_OWN_ACCOUNT}  # everybody's: password, sessions, what was lent
_LOOK = {P.VIEW_FIGURES, P.VIEW_REGIONS, P.VIEW_ORGANISATIONS}
_PROGRAMME = {P.VIEW_CADRES, P.VIEW_POSTINGS, P.VIEW_ASSISTANCE, P.VIEW_FIELDWORK, P.VIEW_PARTY, P.VIEW_REPORTS}
_HOUSEHOLDS = {P.VIEW_HOUSEHOLDS, P.VIEW_ASSISTANCE, P.VIEW_FIELDWORK, P.VIEW_POSTINGS}
_LOAD = {P.VIEW_IMPORTS, P.IMPORT_ROSTERS, P.EXPORT, P.DELEGATE}
_DAILY = {
    P.VIEW_PLANS,
    P.HEAR_REPORTS,
    P.NOTE_DECISIONS,
    P.DECLARE_EMERGENCIES,
    P.VIEW_REQUESTS,
    P.ANSWER_REQUESTS,
    P.VIEW_CLAIMS,
}  # plans, reports, requests upward
_PERSONNEL = {P.REGISTER_ORGANISATIONS, P.DESIGNATE_VILLAGES, P.REGISTER_CADRES, P.VIEW_CADRE_IDENTITY, P.APPOINT, P.RECORD_PROMOTIONS}
_SELECTION = {
    P.VIEW_SELECTION, P.VIEW_GATE_OPINIONS, P.VIEW_CADRE_FILES, P.VIEW_DOCUMENTS, P.VIEW_TARGETS, P.PLAN_BATCHES, P.RAISE_NEEDS, P.CONFIRM_NEEDS,
    P.NOMINATE, P.REVIEW_NOMINATIONS, P.MATCH, P.DECIDE_SELECTION, P.ISSUE_DOCUMENTS, P.KEEP_POSTINGS, P.WITNESS_HANDOVER, P.KEEP_TARGETS,
    P.KEEP_SUPPORT,
}  # fmt: skip
_DUTY = {P.VIEW_ATTENDANCE, P.VIEW_LEAVE_REASONS, P.CONFIRM_ATTENDANCE, P.DECIDE_LEAVE}  # who keeps the ledger of attendance
_OWN_DUTY = {P.VIEW_ATTENDANCE, P.VIEW_LEAVE_REASONS, P.KEEP_ATTENDANCE}  # whose days and leave they are
# What an official answers for, and what villagers themselves said or signed, which others may write down too.
_FIELDWORK = {P.KEEP_FIELDWORK, P.HEAR_HOUSEHOLDS}
_TYPIST = {P.VIEW_DRAFTS, P.WRITE_DRAFTS}  # who types for an official: a draft until the official takes it
_REGISTER = {P.VIEW_HOUSEHOLD_PRIVATE, P.REGISTER_HOUSEHOLDS, P.KEEP_INCOME, P.PAIR_HOUSEHOLDS, P.KEEP_ASSISTANCE}


class Role(StrEnum):
    """A role's code; its label, kind of scope and permissions stand in `ROLES`."""

    CITY_ORG_ADMIN = "city_org_admin"
    CITY_LEADER = "city_leader"
    COUNTY_ORG_ADMIN = "county_org_admin"
    COUNTY_POVERTY_ADMIN = "county_poverty_admin"
    TOWN_PARTY_ADMIN = "town_party_admin"
    TOWN_POVERTY_ADMIN = "town_poverty_admin"
    VILLAGE_ADMIN = "village_admin"
    GROUP_HEAD = "group_head"
    POSTED_CADRE = "posted_cadre"
    SENDING_UNIT_ADMIN = "sending_unit_admin"
    HELPER = "helper"
    DISCIPLINE_OFFICER = "discipline_officer"
    HOST_UNIT_LEADER = "host_unit_leader"
    AUDITOR = "auditor"
    SYS_ADMIN = "sys_admin"
    SEC_ADMIN = "sec_admin"
    AUDIT_ADMIN = "audit_admin"
    SYSTEM = "system"

    @property
    def label(self) -> "str | Promise":
        return ROLES[self][0]

    @property
    def scope_kind(self) -> ScopeKind:
        return ROLES[self][1]

    @property
    def permissions(self) -> frozenset[Permission]:
        return ROLES[self][2]


ROLES: "dict[Role, tuple[str | Promise, ScopeKind, frozenset[Permission]]]" = {
    Role.CITY_ORG_ADMIN: (
        _("市委组织部"),
        ScopeKind.REGION,
        frozenset(
            _OWN
            | _LOOK
            | _PROGRAMME
            | _LOAD
            | _PERSONNEL
            | _SELECTION
            | _DAILY
            | _DUTY
            | {P.VIEW_HOUSEHOLDS, P.KEEP_PARTY, P.ISSUE_REPORTS, P.CLOSE_OPENING, P.PUBLISH_ATTENDANCE, P.VIEW_BURDEN}
        ),
    ),
    Role.CITY_LEADER: (
        _("市委领导"),
        ScopeKind.REGION,
        frozenset(
            _OWN
            | _LOOK
            | _PROGRAMME
            | {P.VIEW_SELECTION, P.VIEW_DOCUMENTS, P.VIEW_TARGETS, P.VIEW_PLANS, P.VIEW_REQUESTS, P.VIEW_ATTENDANCE, P.VIEW_BURDEN}
        ),
    ),
    Role.COUNTY_ORG_ADMIN: (
        _("县区委组织部"),
        ScopeKind.REGION,
        frozenset(
            _OWN
            | _LOOK
            | _PROGRAMME
            | _LOAD
            | _PERSONNEL
            | _SELECTION
            | _DAILY
            | _DUTY
            | {P.VIEW_HOUSEHOLDS, P.KEEP_PARTY, P.ISSUE_REPORTS, P.PUBLISH_ATTENDANCE, P.VIEW_BURDEN, P.ASK_ABOUT_LOGS}
        ),
    ),
    Role.COUNTY_POVERTY_ADMIN: (
        _("县区扶贫部门"),
        ScopeKind.REGION,
        frozenset(_OWN | _LOOK | _HOUSEHOLDS | _LOAD | _REGISTER | _FIELDWORK | {P.VIEW_REPORTS, P.CLOSE_OPENING}),
    ),
    Role.TOWN_PARTY_ADMIN: (
        _("镇办党委"),
        ScopeKind.REGION,
        frozenset(
            _OWN
            | _LOOK
            | _PROGRAMME
            | _DUTY
            | {
                P.ASK_ABOUT_LOGS,
                P.KEEP_ATTENDANCE,
                P.VIEW_HOUSEHOLDS,
                P.KEEP_PARTY,
                P.EXPORT,
                P.DELEGATE,
                P.VIEW_SELECTION,
                P.VIEW_TARGETS,
                P.RAISE_NEEDS,
                P.KEEP_POSTINGS,
                P.WITNESS_HANDOVER,
                P.KEEP_TARGETS,
                P.KEEP_VILLAGE_ACCOUNTS,
                P.VIEW_PLANS,
                P.HEAR_REPORTS,
                P.NOTE_DECISIONS,
                P.VIEW_REQUESTS,
            }
        ),
    ),
    Role.TOWN_POVERTY_ADMIN: (
        _("镇办扶贫站"),
        ScopeKind.REGION,
        frozenset(_OWN | _LOOK | _HOUSEHOLDS | _LOAD | _REGISTER | _FIELDWORK),
    ),
    Role.VILLAGE_ADMIN: (
        _("村级组织"),
        ScopeKind.REGION,
        frozenset(
            _OWN
            | _LOOK
            | _HOUSEHOLDS
            | _OWN_DUTY
            | _TYPIST
            | {P.VIEW_HOUSEHOLD_PRIVATE, P.HEAR_HOUSEHOLDS, P.KEEP_ASSISTANCE, P.VIEW_PARTY, P.POST_NOTICES}
            | {P.VIEW_PLANS, P.KEEP_PLANS, P.NOTE_DECISIONS, P.VIEW_REQUESTS, P.ASK_UPWARD}
        ),
    ),
    # In its village, of households those of its villagers' groups alone (`Assignment.groups`); private data stay hidden.
    Role.GROUP_HEAD: (
        _("村民小组长"),
        ScopeKind.REGION,
        frozenset(_OWN | _LOOK | _TYPIST | {P.VIEW_POSTINGS, P.VIEW_HOUSEHOLDS, P.VIEW_FIELDWORK}),
    ),
    Role.POSTED_CADRE: (
        _("挂职干部"),
        ScopeKind.REGION,
        frozenset(
            _OWN
            | _LOOK
            | _HOUSEHOLDS
            | _OWN_DUTY
            | _FIELDWORK
            | {P.VIEW_HOUSEHOLD_PRIVATE, P.KEEP_ASSISTANCE, P.VIEW_PARTY, P.DELEGATE, P.VIEW_TARGETS, P.SIGN_TARGETS}
            | {P.VIEW_DRAFTS, P.TAKE_DRAFTS}
            | {P.VIEW_PLANS, P.KEEP_PLANS, P.NOTE_DECISIONS, P.VIEW_REQUESTS, P.ASK_UPWARD, P.VIEW_CLAIMS, P.DRAW_CLAIMS}
        ),
    ),
    Role.SENDING_UNIT_ADMIN: (
        _("派出单位"),
        ScopeKind.UNIT,
        frozenset(
            _OWN
            | {
                P.VIEW_REGIONS,
                P.VIEW_ORGANISATIONS,
                P.VIEW_CADRES,
                P.VIEW_POSTINGS,
                P.EXPORT,
                P.DELEGATE,
                P.VIEW_SELECTION,
                P.VIEW_DOCUMENTS,
                P.NOMINATE,
                P.VIEW_TARGETS,
                P.VIEW_ATTENDANCE,
                P.SIGN_TARGETS,
                P.KEEP_SUPPORT,
                P.VIEW_PLANS,
                P.VIEW_REQUESTS,
                P.ANSWER_REQUESTS,
                P.VIEW_CLAIMS,
                P.SETTLE_CLAIMS,
            }
        ),
    ),
    Role.HELPER: (
        _("帮扶责任人"),
        ScopeKind.HOUSEHOLDS,
        frozenset(_OWN | {P.VIEW_REGIONS, P.VIEW_HOUSEHOLDS, P.VIEW_ASSISTANCE, P.VIEW_FIELDWORK}),
    ),
    Role.DISCIPLINE_OFFICER: (
        _("纪检监察"),
        ScopeKind.REGION,
        frozenset(_OWN | {P.VIEW_REGIONS, P.VIEW_ORGANISATIONS, P.VIEW_SELECTION, P.VIEW_GATE_OPINIONS, P.REVIEW_INTEGRITY, P.DELEGATE}),
    ),
    Role.HOST_UNIT_LEADER: (
        _("挂职单位党组织书记"),
        ScopeKind.REGION,
        frozenset(
            _OWN
            | _LOOK
            | {P.VIEW_POSTINGS, P.VIEW_FIELDWORK, P.VIEW_ASSISTANCE, P.VIEW_PARTY, P.VIEW_TARGETS, P.SIGN_TARGETS, P.DELEGATE}
            | {P.VIEW_PLANS, P.HEAR_REPORTS, P.NOTE_DECISIONS, P.VIEW_REQUESTS, P.VIEW_ATTENDANCE}
        ),
    ),
    Role.AUDITOR: (
        _("审计人员"),
        ScopeKind.REGION,
        frozenset(_OWN | _LOOK | {P.VIEW_HOUSEHOLDS, P.VIEW_POSTINGS, P.VIEW_ASSISTANCE, P.VIEW_IMPORTS, P.VIEW_REPORTS}),
    ),
    Role.SYS_ADMIN: (_("系统管理员"), ScopeKind.PERSON, frozenset(_OWN | {P.VIEW_ACCOUNTS, P.MANAGE_ACCOUNTS})),
    Role.SEC_ADMIN: (_("安全管理员"), ScopeKind.PERSON, frozenset(_OWN | {P.VIEW_ACCOUNTS, P.GRANT_ROLES})),
    Role.AUDIT_ADMIN: (_("审计管理员"), ScopeKind.PERSON, frozenset(_OWN | {P.VIEW_AUDIT})),
    Role.SYSTEM: (_("系统"), ScopeKind.REGION, frozenset(Permission)),
}

# Roles that a town gives in its own villages.
VILLAGE_ROLES = (Role.VILLAGE_ADMIN, Role.GROUP_HEAD)
# The three administrators exclude each other and every business role.
EXCLUSIVE = frozenset({Role.SYS_ADMIN, Role.SEC_ADMIN, Role.AUDIT_ADMIN})
# What the wall asks beyond the region: side tables of private data, and the audit.
WALL_FLAGS = {
    P.VIEW_HOUSEHOLD_PRIVATE: "app.household_private",
    P.VIEW_CADRE_IDENTITY: "app.cadre_identity",
    P.VIEW_CADRE_FILES: "app.cadre_files",
    P.VIEW_GATE_OPINIONS: "app.gate_opinions",
    P.VIEW_LEAVE_REASONS: "app.leave_reasons",
    P.ASK_ABOUT_LOGS: "app.log_questions",
    P.FIND_CLUES: "app.find_clues",
    P.VIEW_AUDIT: "app.audit",
}
