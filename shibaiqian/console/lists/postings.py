"""Lists of posted officials and what belongs to them."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.roles import Permission
from shibaiqian.base.spreadsheets.columns import ColumnKind as K
from shibaiqian.console.listing.asked import Listing
from shibaiqian.console.listing.columns import Column, To, place_columns
from shibaiqian.console.listing.filters import Filter, Sort, choice, dates
from shibaiqian.console.lists.words import REMINDER_LABELS, TIER_LABELS, TIERS, either, labelled, state_column, tag_of
from shibaiqian.households.models import State
from shibaiqian.postings.models import Posting, TargetLetter
from shibaiqian.postings.queries import conditions, handovers, posted_households, postings
from shibaiqian.postings.targets.queries import letters

POSTINGS = Listing(
    name="postings",
    title=_("挂职干部"),
    permission=Permission.VIEW_POSTINGS,
    rows=postings,
    kind="postings",
    begin=("endings", _("成批结束挂职"), Permission.APPOINT),
    first=_("还没有挂职干部。请先导入“干部名册”，再导入“挂职干部名册”。"),
    sorts=(
        Sort("place", _("按挂职地"), ("region_id", "number")),
        Sort("appointed", _("按任职日期，新的在前"), ("-appointed_on",)),
        Sort("oldest", _("按任职日期，早的在前"), ("appointed_on",)),
    ),
    filters=(
        choice("tier", _("层级"), TIERS, column="tier_code"),
        choice("state", _("状态"), Posting.State.choices),
        Filter("reminder", _("提醒"), lambda value: conditions()[value], REMINDER_LABELS),
        *dates("appointed", _("任职日期"), "appointed_on"),
    ),
    names=("cadre_name", "number"),
    names_label=_("姓名或任职编号"),
    href=To("posting"),
    columns=(
        Column("name", _("姓名"), "cadre_name", said=lambda name: name or "—", link=To("posting")),
        Column("tier", _("层级"), "tier_code", said=lambda code: TIER_LABELS.get(code, code)),
        Column("title", _("挂职职务"), "title"),
        Column("host", _("挂职单位"), "host_name"),
        *place_columns(shown=("county", "town", "village")),
        Column("unit", _("派出单位"), "unit__name"),
        Column("number", _("任职编号"), "number", K.CODE, shown=False),
        Column("document", _("任职文号"), "document_number", shown=False),
        Column("appointed", _("任职日期"), "appointed_on", K.DATE),
        Column("arrived", _("到任日期"), "arrived_on", K.DATE, shown=False),
        Column("planned_end", _("计划期满"), "planned_end", K.DATE),
        Column("ended", _("结束日期"), "ended_on", K.DATE, shown=False),
        Column("party_in", _("组织关系转入"), "party_in_on", K.DATE, shown=False),
        Column("batch", _("批次"), "batch", shown=False),
        state_column(Posting.State),
    ),
)

TARGET_LETTERS = Listing(
    name="target_letters",
    title=_("目标责任书"),
    permission=Permission.VIEW_TARGETS,
    rows=letters,
    kind="targets",
    first=_("还没有目标责任书。请打开一名挂职干部，在“目标责任书”处拟定。"),
    sorts=(Sort("place", _("按挂职地"), ("region_id",)),),
    filters=(
        choice("scope", _("类别"), TargetLetter.Scope.choices),
        choice("state", _("状态"), TargetLetter.State.choices),
    ),
    href=To("target_letter"),
    columns=(
        Column("name", _("姓名"), "posting__cadre_name", link=To("target_letter")),
        Column("host", _("挂职单位"), "posting__host_name"),
        Column("title", _("挂职职务"), "posting__title"),
        Column("scope", _("类别"), "scope", said=labelled(TargetLetter.Scope), translated=True),
        Column("year", _("年度"), "year", K.CODE),
        Column("signed", _("签订日期"), "signed_by_unit_on", K.DATE),
        *place_columns(shown=("county", "town")),
        state_column(TargetLetter.State),
    ),
)

BOUND = Listing(
    name="posted_households",
    title=_("包户"),
    permission=Permission.VIEW_HOUSEHOLDS,
    rows=posted_households,
    kind="posted_households",
    first=_("还没有包户。请导入“包户名册”。"),
    sorts=(Sort("place", _("按村"), ("region_id",)), Sort("place_back", _("按村，倒序"), ("-region_id",))),
    filters=(
        choice("state", _("户状态"), [c for c in State.choices if c[0] != State.CANDIDATE], column="household__state"),
        either("running", _("包联"), (_("正在包联"), Q(until__isnull=True)), (_("已结束"), Q(until__isnull=False))),
        either("told", _("告知"), (_("已告知"), Q(told_on__isnull=False)), (_("未告知"), Q(told_on__isnull=True))),
    ),
    names=("household__number",),
    names_label=_("户编号"),
    href=To("household", "household_id"),
    columns=(
        Column("head", _("户主"), "household__head_name", link=To("household", "household_id")),
        *place_columns(),
        Column("number", _("户编号"), "household__number", K.CODE, shown=False),
        Column("cadre", _("挂职干部"), "cadre_name"),
        Column("since", _("起始日期"), "since", K.DATE),
        Column("until", _("结束日期"), "until", K.DATE),
        Column("told", _("告知日期"), "told_on", K.DATE),
        Column("state", _("户状态"), "household__state", said=labelled(State), tag=tag_of, translated=True),
    ),
)

HANDOVERS = Listing(
    name="handovers",
    title=_("工作交接"),
    permission=Permission.VIEW_POSTINGS,
    rows=handovers,
    first=_("还没有工作交接。干部期满、调整时，在他的页面办理“开始交接”。"),
    sorts=(Sort("place", _("按挂职地"), ("region_id",)), Sort("place_back", _("按挂职地，倒序"), ("-region_id",))),
    filters=(
        either(
            "done",
            _("进度"),
            (_("已办完"), Q(witnessed_on__isnull=False) | ~Q(waived="")),
            (_("未办完"), Q(witnessed_on__isnull=True, waived="")),
        ),
        *dates("opened", _("开始日期"), "opened_on"),
    ),
    href=To("posting", "posting_id"),
    columns=(
        Column("cadre", _("移交人"), "posting__cadre_name", link=To("posting", "posting_id")),
        Column("host", _("挂职单位"), "posting__host_name"),
        *place_columns(shown=("county", "town")),
        Column("successor", _("接收人"), "successor_name"),
        Column("opened", _("开始日期"), "opened_on", K.DATE),
        Column("leaver", _("移交人签字"), "signed_by_leaver_on", K.DATE),
        Column("taker", _("接收人签字"), "signed_by_successor_on", K.DATE),
        Column("witnessed", _("监交日期"), "witnessed_on", K.DATE),
        Column("witness", _("监交人"), "witness", shown=False),
        Column("waived", _("免予交接"), "waived", shown=False),
    ),
)
