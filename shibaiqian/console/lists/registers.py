"""Lists of the registers: units, cadres, households, projects and what else is kept."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.roles import Permission
from shibaiqian.assistance.models import IndustryEntity, Mode, Project
from shibaiqian.base.spreadsheets.columns import ColumnKind as K
from shibaiqian.cadres.models import Cadre, Promotion, TrainingRecord
from shibaiqian.cadres.queries import cadres
from shibaiqian.cadres.rules import masked
from shibaiqian.cadres.trainings import trainings
from shibaiqian.console import queries
from shibaiqian.console.listing.asked import Listing
from shibaiqian.console.listing.columns import Column, To, place_columns
from shibaiqian.console.listing.filters import Sort, choice, dates
from shibaiqian.console.lists.words import (
    SEXES,
    WEAK_OVERHAUL,
    either,
    labelled,
    state_column,
)
from shibaiqian.fieldwork.models import PracticalService
from shibaiqian.households.excel.columns import EDUCATIONS, LABOUR, RELATIONS
from shibaiqian.households.models import CauseCode, Household, State
from shibaiqian.households.queries import members
from shibaiqian.organisations.models import Organisation
from shibaiqian.organisations.queries import organisations
from shibaiqian.party.models import Overhaul
from shibaiqian.party.queries import overhauls
from shibaiqian.party.rules import KINDS

ORGANISATIONS = Listing(
    name="organisations",
    title=_("单位"),
    permission=Permission.VIEW_ORGANISATIONS,
    rows=organisations,
    kind="organisations",
    first=_("还没有单位。请先导入“单位名册”，其他名册都要用到单位编码。"),
    sorts=(Sort("place", _("按区划和编码"), ("region_id", "code")), Sort("name", _("按名称拼音"), ("pinyin",))),
    filters=(
        choice("level", _("层级"), Organisation.Level.choices),
        choice("kind", _("单位性质"), Organisation.Kind.choices),
        choice("department", _("部门类别"), Organisation.DepartmentClass.choices, column="department_class"),
    ),
    names=("name", "pinyin", "initials"),
    names_label=_("单位名称"),
    href=To("organisation"),
    columns=(
        Column("name", _("单位名称"), "name", link=To("organisation")),
        Column("code", _("单位编码"), "code", K.CODE),
        Column("kind", _("单位性质"), "kind", said=labelled(Organisation.Kind), translated=True),
        Column("level", _("层级"), "level", said=labelled(Organisation.Level), translated=True),
        Column("department", _("部门类别"), "department_class", said=labelled(Organisation.DepartmentClass), translated=True),
        Column("region", _("所在地"), "region__name"),
        Column("head", _("主要负责人"), "head_name", shown=False),
    ),
)

CADRES = Listing(
    name="cadres",
    title=_("干部名册"),
    permission=Permission.VIEW_CADRES,
    rows=cadres,
    kind="cadres",
    first=_("还没有干部。请先导入“单位名册”，再导入“干部名册”。"),
    sorts=(
        Sort("place", _("按单位所在地和姓名"), ("region_id", "pinyin")),
        Sort("pinyin", _("按姓名拼音"), ("pinyin",)),
        Sort("name", _("按姓名"), ("name",)),
    ),
    filters=(
        choice("rank", _("职务层次"), Cadre.PostRank.choices, column="post_rank"),
        choice("type", _("人员类别"), Cadre.PersonnelType.choices, column="personnel_type"),
        choice("managed", _("管理权限"), Cadre.ManagementLevel.choices, column="management_level"),
        either("posted", _("挂职"), (_("正在挂职"), ~Q(host_region="")), (_("未在挂职"), Q(host_region=""))),
        either("reserve", _("后备干部"), (_("是"), Q(is_reserve=True)), (_("否"), Q(is_reserve=False))),
    ),
    names=("name", "pinyin", "initials"),
    href=To("cadre"),
    columns=(
        Column("name", _("姓名"), "name", link=To("cadre")),
        Column("sex", _("性别"), "sex", said=lambda sex: SEXES.get(sex, "")),
        Column("birth_date", _("出生日期"), "birth_date", K.DATE),
        Column("unit", _("工作单位"), "unit__name"),
        Column("post", _("现任职务"), "post"),
        Column("rank", _("职务层次"), "post_rank", said=labelled(Cadre.PostRank), translated=True),
        Column("type", _("人员类别"), "personnel_type", said=labelled(Cadre.PersonnelType), translated=True, shown=False),
        Column("managed", _("管理权限"), "management_level", said=labelled(Cadre.ManagementLevel), translated=True, shown=False),
        Column("reserve", _("后备干部"), "is_reserve", K.BOOLEAN, shown=False),
        Column("education", _("全日制学历"), "edu_full_time", shown=False),
        Column("specialty", _("专长"), "specialty", shown=False),
        Column("id_number", _("身份证号"), "id_last4", said=masked, shown=False),
        Column("posted", _("正在挂职"), "host_region", K.BOOLEAN, said=bool),
        *place_columns(shown=("county",)),
    ),
)

HOUSEHOLDS = Listing(
    name="households",
    title=_("贫困户台账"),
    permission=Permission.VIEW_HOUSEHOLDS,
    rows=queries.households,
    kind="households",
    first=_("还没有贫困户。请先导入“贫困户名册（期初）”，再导入“贫困人口名册”。"),
    sorts=(
        Sort("place", _("按村和户编号"), ("region_id", "number")),
        Sort("pinyin", _("按户主姓名拼音"), ("pinyin",)),
        Sort("head", _("按户主姓名"), ("head_name",)),
    ),
    filters=(
        choice("state", _("状态"), [c for c in State.choices if c[0] != State.CANDIDATE]),
        choice("cause", _("主要致贫原因"), CauseCode.choices, column="main_cause"),
        choice("attribute", _("属性"), Household.Attribute.choices),
        choice("source", _("识别来源"), Household.Source.choices),
        choice("danger", _("住房"), Household.Danger.choices, column="house_danger"),
        either("water", _("饮水安全"), (_("是"), Q(safe_water=True)), (_("否"), Q(safe_water=False))),
    ),
    names=("head_name", "pinyin", "initials", "number"),
    names_label=_("户主或户编号"),
    href=To("household"),
    columns=(
        Column("head", _("户主"), "head_name", link=To("household")),
        *place_columns(),
        Column("group", _("村民小组"), "group", shown=False),
        Column("number", _("户编号"), "number", K.CODE, shown=False),
        Column("member_count", _("人口"), "member_count", K.INTEGER),
        Column("attribute", _("属性"), "attribute", said=labelled(Household.Attribute), translated=True),
        state_column(State),
        Column("cause", _("主要致贫原因"), "main_cause", said=labelled(CauseCode), translated=True),
        Column("identified", _("识别日期"), "identified_on", K.DATE, shown=False),
        Column("source", _("识别来源"), "source", said=labelled(Household.Source), translated=True, shown=False),
        Column("danger", _("住房"), "house_danger", said=labelled(Household.Danger), translated=True, shown=False),
        Column("water", _("饮水安全"), "safe_water", K.BOOLEAN, shown=False),
        Column("helper", _("帮扶责任人"), "helper"),
    ),
)

MEMBERS = Listing(
    name="members",
    title=_("贫困人口"),
    permission=Permission.VIEW_HOUSEHOLDS,
    rows=members,
    kind="members",
    first=_("还没有贫困人口。请先导入“贫困户名册（期初）”，再导入“贫困人口名册”。"),
    sorts=(Sort("place", _("按村"), ("region_id",)), Sort("place_back", _("按村，倒序"), ("-region_id",))),
    filters=(
        choice("state", _("户状态"), [c for c in State.choices if c[0] != State.CANDIDATE], column="household__state"),
        choice("labour", _("劳动能力"), [(x, x) for x in LABOUR]),
        choice("education", _("文化程度"), [(x, x) for x in EDUCATIONS]),
        choice("relation", _("与户主关系"), [(x, x) for x in RELATIONS]),
        either("work", _("务工"), (_("在外务工"), ~Q(work_place="")), (_("未务工"), Q(work_place=""))),
    ),
    names=("name",),
    names_within=9,
    href=To("household", "household_id"),
    columns=(
        Column("name", _("姓名"), "name", link=To("household", "household_id")),
        Column("relation", _("与户主关系"), "relation", translated=True),
        Column("head", _("户主"), "household__head_name"),
        *place_columns(),
        Column("sex", _("性别"), "sex", translated=True),
        Column("birth_date", _("出生日期"), "birth_date", K.DATE),
        Column("id_number", _("身份证号"), "id_last4", said=masked, shown=False),
        Column("education", _("文化程度"), "education", translated=True),
        Column("student", _("在校生状况"), "student_status", translated=True, shown=False),
        Column("labour", _("劳动能力"), "labour", translated=True),
        Column("work_place", _("务工区域"), "work_place", translated=True),
        Column("work_months", _("务工月数"), "work_months", K.INTEGER, shown=False),
        Column("medical", _("医疗保险"), "medical_insurance", translated=True, shown=False),
        Column("pension", _("养老保险"), "pension", translated=True, shown=False),
        Column("dibao", _("低保"), "dibao", K.BOOLEAN, shown=False),
        Column("number", _("户编号"), "household__number", K.CODE, shown=False),
    ),
)

PROJECTS = Listing(
    name="projects",
    title=_("帮扶项目"),
    permission=Permission.VIEW_ASSISTANCE,
    rows=queries.projects,
    kind="projects",
    first=_("还没有项目。请先导入“挂职干部名册”，再导入“帮扶项目台账”。"),
    sorts=(Sort("place", _("按村和项目编号"), ("region_id", "number")), Sort("name", _("按名称拼音"), ("pinyin",))),
    filters=(
        choice("kind", _("项目类型"), Project.Kind.choices),
        choice("state", _("状态"), Project.State.choices),
        choice("fund", _("资金来源"), Project.FundSource.choices, column="fund_source"),
        choice("mode", _("帮扶模式"), Mode.choices),
        *dates("started", _("开工日期"), "started_on"),
    ),
    names=("name", "pinyin", "number"),
    names_label=_("项目名称或编号"),
    href=To("project"),
    columns=(
        Column("name", _("项目名称"), "name", link=To("project")),
        Column("kind", _("项目类型"), "kind", said=labelled(Project.Kind), translated=True),
        *place_columns(),
        Column("budget", _("总投资（元）"), "budget_cents", K.MONEY),
        Column("fund", _("资金来源"), "fund_source", said=labelled(Project.FundSource), translated=True),
        Column("mode", _("帮扶模式"), "mode", said=labelled(Mode), translated=True, shown=False),
        Column("started", _("开工日期"), "started_on", K.DATE),
        Column("due", _("计划完工"), "due_on", K.DATE, shown=False),
        Column("finished", _("完工日期"), "finished_on", K.DATE, shown=False),
        Column("beneficiaries", _("受益户数"), "beneficiary_households", K.INTEGER),
        Column("official", _("挂职干部"), "official"),
        Column("number", _("项目编号"), "number", K.CODE, shown=False),
        state_column(Project.State),
    ),
)

INDUSTRIES = Listing(
    name="industries",
    title=_("产业主体"),
    permission=Permission.VIEW_ASSISTANCE,
    rows=queries.industries,
    kind="industry_entities",
    first=_("还没有产业主体。请先导入“挂职干部名册”，再导入“产业主体名册”。"),
    sorts=(Sort("place", _("按村和主体编号"), ("region_id", "number")), Sort("name", _("按名称拼音"), ("pinyin",))),
    filters=(choice("kind", _("主体类型"), IndustryEntity.Kind.choices), *dates("assisted", _("帮扶起始"), "assisted_since")),
    names=("name", "pinyin", "number"),
    names_label=_("名称或主体编号"),
    href=To("industry"),
    columns=(
        Column("name", _("名称"), "name", link=To("industry")),
        Column("kind", _("主体类型"), "kind", said=labelled(IndustryEntity.Kind), translated=True),
        *place_columns(),
        Column("product", _("主导产品"), "product"),
        Column("scale", _("规模"), "scale_hundredths", K.DECIMAL, said=lambda scale: None if scale is None else scale / 100),
        Column("scale_unit", _("规模单位"), "scale_unit", translated=True),
        Column("official", _("挂职干部"), "official"),
        Column("assisted", _("帮扶起始"), "assisted_since", K.DATE),
        Column("established", _("成立日期"), "established_on", K.DATE, shown=False),
        Column("credit_code", _("统一社会信用代码"), "credit_code", K.CODE, shown=False),
        Column("number", _("主体编号"), "number", K.CODE, shown=False),
    ),
)

SERVICES = Listing(
    name="services",
    title=_("为民办实事"),
    permission=Permission.VIEW_FIELDWORK,
    rows=queries.services,
    kind="practical_services",
    note=_("群众确认后才计入统计数字"),
    first=_("还没有实事。第一书记写工作日志时勾选“为民办实事”即可登记，也可以导入“为民办实事台账”。"),
    sorts=(
        Sort("latest", _("按日期，新的在前"), ("-on",)),
        Sort("place", _("按村和日期"), ("region_id", "on")),
        Sort("place_back", _("按村和日期，倒序"), ("-region_id", "-on")),
    ),
    filters=(
        choice("kind", _("类别"), PracticalService.Kind.choices),
        either("confirmed", _("确认"), (_("已确认"), ~Q(confirmation="")), (_("待确认"), Q(confirmation=""))),
        *dates("on", _("办理日期"), "on"),
    ),
    href=To("service"),
    columns=(
        Column("on", _("办理日期"), "on", K.DATE),
        Column("kind", _("类别"), "kind", said=labelled(PracticalService.Kind), translated=True),
        Column("content", _("办理内容"), "content", link=To("service")),
        Column("beneficiary", _("受益群众"), "beneficiary"),
        *place_columns(shown=("town", "village")),
        Column("official", _("挂职干部"), "official"),
        Column("typed_by", _("记录人"), "typed_by", shown=False),
        Column("amount", _("折合金额（元）"), "amount_cents", K.MONEY),
        Column(
            "confirmation",
            _("确认"),
            "confirmation",
            said=labelled(PracticalService.Confirmation),
            translated=True,
            tag=lambda confirmation: "ok" if confirmation else "warn",
        ),
        Column("confirmed", _("确认日期"), "confirmed_on", K.DATE, shown=False),
    ),
)

OVERHAULS = Listing(
    name="overhauls",
    title=_("后进党组织整顿"),
    permission=Permission.VIEW_PARTY,
    rows=lambda actor: overhauls(actor, region=actor.scope.region),
    kind="overhauls",
    first=_("还没有整顿台账。请导入“后进村（社区）党组织整顿台账”。"),
    sorts=(
        Sort("place", _("按村"), ("region_id", "state")),
        Sort("listed", _("按列入日期，新的在前"), ("-listed_on",)),
    ),
    filters=(
        choice("label", _("类型"), WEAK_OVERHAUL),
        choice("state", _("整顿状态"), Overhaul.State.choices),
        *dates("listed", _("列入日期"), "listed_on"),
    ),
    href=To("region", "region_id"),
    columns=(
        Column("name", _("党组织名称"), "organisation_name", link=To("region", "region_id")),
        *place_columns(),
        Column("label", _("类型"), "label", said=labelled(Overhaul.Label), translated=True),
        Column("kinds", _("主要表现"), "kinds", said=lambda kinds: kinds.replace("|", "、")),
        Column(
            "kinds_said",
            _("主要表现（文字）"),
            "kinds",
            said=lambda kinds: "；".join(KINDS.get(code, code) for code in kinds.split("|")),
            shown=False,
        ),
        Column("listed", _("列入日期"), "listed_on", K.DATE),
        Column("accepted", _("验收日期"), "accepted_on", K.DATE),
        Column("score", _("验收得分"), "score", K.INTEGER),
        Column("person_in_charge", _("有人管事"), "person_in_charge", K.BOOLEAN, shown=False),
        Column("rules_in_place", _("有章理事"), "rules_in_place", K.BOOLEAN, shown=False),
        Column("accountability", _("有责问事"), "accountability", K.BOOLEAN, shown=False),
        state_column(Overhaul.State),
    ),
)

TRAININGS = Listing(
    name="trainings",
    title=_("培训"),
    permission=Permission.VIEW_CADRES,
    rows=trainings,
    kind="trainings",
    first=_("还没有培训记录。请导入“培训名册”。"),
    sorts=(Sort("latest", _("按开始日期，新的在前"), ("-starts_on",)), Sort("oldest", _("按开始日期，早的在前"), ("starts_on",))),
    filters=(choice("kind", _("类别"), TrainingRecord.Kind.choices), *dates("starts", _("开始日期"), "starts_on")),
    href=To("cadre", "cadre_id"),
    columns=(
        Column("name", _("姓名"), "cadre__name", link=To("cadre", "cadre_id")),
        Column("unit", _("工作单位"), "cadre__unit__name"),
        Column("training", _("培训名称"), "name"),
        Column("kind", _("类别"), "kind", said=labelled(TrainingRecord.Kind), translated=True),
        Column("organiser", _("主办单位"), "organiser"),
        Column("starts", _("开始日期"), "starts_on", K.DATE),
        Column("ends", _("结束日期"), "ends_on", K.DATE),
        Column("hours", _("学时"), "hours_tenths", K.DECIMAL, said=lambda tenths: tenths / 10),
        Column("result", _("结果"), "result"),
        *place_columns(shown=("county",)),
    ),
)

PROMOTIONS = Listing(
    name="promotions",
    title=_("提拔使用"),
    permission=Permission.VIEW_CADRES,
    rows=queries.promotions,
    kind="promotions",
    note=_("按新任单位所在地统计，不限于挂职干部"),
    first=_("还没有提拔使用记录。请导入“提拔使用名册”。"),
    sorts=(Sort("latest", _("按任职日期，新的在前"), ("-on",)), Sort("place", _("按新任单位所在地"), ("region_id", "kind", "on"))),
    filters=(choice("kind", _("使用类别"), Promotion.Kind.choices), *dates("on", _("任职日期"), "on")),
    names=("cadre__name", "cadre__pinyin", "cadre__initials"),
    columns=(
        Column(
            "name",
            _("姓名"),
            "cadre_name",
            said=lambda name: name or "—",
            link=To("cadre", "cadre_id", when="cadre_name"),
        ),
        Column("kind", _("使用类别"), "kind", said=labelled(Promotion.Kind), translated=True),
        Column("old_post", _("原任职务"), "old_post"),
        Column("new_post", _("新任职务"), "new_post"),
        Column("unit", _("新任单位"), "unit__name"),
        Column("on", _("任职日期"), "on", K.DATE),
        Column("document", _("任职文号"), "document_number"),
        *place_columns(shown=("county",)),
    ),
)
