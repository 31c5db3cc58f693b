"""The list of claims; its Excel file is the table for the unit's finance."""

from django.utils.translation import gettext_lazy as _

from shibaiqian.access.roles import Permission
from shibaiqian.base.spreadsheets.columns import ColumnKind as K
from shibaiqian.console.listing.asked import Listing
from shibaiqian.console.listing.columns import Column, To, place_columns
from shibaiqian.console.listing.filters import Sort, choice, dates
from shibaiqian.console.lists.words import state_column
from shibaiqian.fieldwork.models import ExpenseClaim
from shibaiqian.fieldwork.queries import claims

CLAIMS = Listing(
    name="claims",
    title=_("补助报销"),
    permission=Permission.VIEW_CLAIMS,
    rows=claims,
    begin=("draw_claim", _("生成报销单"), Permission.DRAW_CLAIMS),
    first=_("还没有报销单。镇办确认考勤后，挂职干部在这里生成，报送派出单位。"),
    sorts=(Sort("latest", _("按月份，新的在前"), ("-month",)), Sort("oldest", _("按月份，早的在前"), ("month",))),
    filters=(choice("state", _("状态"), ExpenseClaim.State.choices), *dates("month", _("月份"), "month")),
    href=To("claim"),
    columns=(
        Column("name", _("姓名"), "cadre_name", link=To("claim")),
        Column("month", _("月份"), "month", said=lambda month: f"{month:%Y-%m}"),
        *place_columns(shown=("county", "town", "village")),
        Column("days", _("补助天数"), "meal_days", K.INTEGER),
        Column("meal", _("伙食补助（元）"), "meal_cents", K.MONEY),
        Column("trips", _("往返次数"), "trips", K.INTEGER),
        Column("travel", _("往返交通（元）"), "travel_cents", K.MONEY),
        Column("insurance", _("保险（元）"), "insurance_cents", K.MONEY),
        Column("total", _("合计（元）"), "total_cents", K.MONEY),
        Column("handed", _("报送日期"), "handed_in_on", K.DATE),
        state_column(ExpenseClaim.State),
    ),
)
