"""The list of requests upward. It can be narrowed by who answers and by what is late, never by who asks."""

from django.utils.translation import gettext_lazy as _

from shibaiqian.access.roles import Permission
from shibaiqian.base.spreadsheets.columns import ColumnKind as K
from shibaiqian.console.listing.asked import Listing
from shibaiqian.console.listing.columns import Column, To, place_columns
from shibaiqian.console.listing.filters import Filter, Sort, choice, dates
from shibaiqian.console.lists.words import labelled, state_column
from shibaiqian.voice.models import UpwardRequest
from shibaiqian.voice.queries import overdue, requests

REQUESTS = Listing(
    name="requests",
    title=_("向上要事项"),
    permission=Permission.VIEW_REQUESTS,
    rows=requests,
    begin=("ask_upward", _("向上要"), Permission.ASK_UPWARD),
    first=_("还没有向上要事项。挂职干部或村级组织可以向部门、派出单位要一件具体的事，答复期限从提出起算。"),
    sorts=(Sort("latest", _("按提出日期，新的在前"), ("-asked_on",)), Sort("oldest", _("按提出日期，早的在前"), ("asked_on",))),
    filters=(
        choice("state", _("状态"), UpwardRequest.State.choices),
        choice("kind", _("事项类别"), UpwardRequest.Kind.choices),
        Filter("overdue", _("期限"), lambda _value: overdue(), [("yes", _("已逾期"))]),
        *dates("asked", _("提出日期"), "asked_on"),
    ),
    href=To("request"),
    columns=(
        Column("title", _("事项"), "title", link=To("request")),
        Column("kind", _("事项类别"), "kind", said=labelled(UpwardRequest.Kind), translated=True),
        Column("receiver", _("答复单位"), "receiver__name"),
        *place_columns(shown=("county", "town", "village")),
        Column("asker", _("提出人"), "asker", shown=False),
        Column("asked", _("提出日期"), "asked_on", K.DATE),
        Column("due", _("期限"), "due_on", K.DATE),
        Column("done", _("办好日期"), "done_on", K.DATE, shown=False),
        state_column(UpwardRequest.State),
    ),
)
