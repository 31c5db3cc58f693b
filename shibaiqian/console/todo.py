"""What needs doing first, for the role that looks. Each line counts to a limit, by index, and leads to its list."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.fieldwork.models import PracticalService
from shibaiqian.imports.models import ImportRun
from shibaiqian.imports.queries import openings
from shibaiqian.party.models import Overhaul
from shibaiqian.postings.queries import reminder_counts

MOST = 100


@dataclass(frozen=True)
class Todo:
    """One line: what, how many (at most `MOST`, then `+`), where to do it, how urgent."""

    text: str
    count: int
    url: str
    urgent: bool = False

    @property
    def shown(self) -> str:
        return f"{MOST}+" if self.count > MOST else str(self.count)


def todos(actor: Actor) -> list[Todo]:
    """The lines with something to do, most urgent first."""
    found: list[Todo] = []
    if actor.may(Permission.IMPORT_ROSTERS):
        runs = ImportRun.objects.visible_to(actor)
        found += [
            Todo(_("份名册有错误，未导入"), _some(runs.filter(state=ImportRun.State.REFUSED)), reverse("imports"), urgent=True),
            Todo(_("份名册检查完毕，等待确认"), _some(runs.filter(state=ImportRun.State.PREVIEWED)), reverse("imports")),
        ]
    if actor.may(Permission.CLOSE_OPENING):
        waiting = [o for o in openings(by=actor) if o.closed_on is None and not o.own]
        found.append(Todo(_("个县区的期初数据待封账"), len(waiting), reverse("imports")))
    if actor.may(Permission.KEEP_POSTINGS):
        found += _of_postings(actor)
    if actor.may(Permission.KEEP_PARTY):
        open_ones = Overhaul.objects.visible_to(actor).filter(state=Overhaul.State.IN_RECTIFICATION)
        found.append(Todo(_("个后进党组织正在整顿"), _some(open_ones), reverse("overhauls")))
    if actor.may(Permission.KEEP_FIELDWORK):
        unconfirmed = PracticalService.objects.visible_to(actor).filter(confirmation="")
        found.append(Todo(_("件实事待群众确认，确认后才计数"), _some(unconfirmed), reverse("services")))
    return sorted((t for t in found if t.count), key=lambda t: not t.urgent)


# Of postings: the reminder, its text, whether it is urgent. Who keeps postings is reminded, whoever decides.
REMINDED = (
    ("late", _lazy("名挂职干部超过期限尚未到岗"), True), ("over", _lazy("名挂职干部任期已满，未办结束或延期"), True),
    ("recalls", _lazy("名挂职干部拟召回，等待听取意见或决定"), True), ("no_handover", _lazy("名已召回干部没有办完交接"), True),
    ("ending_7", _lazy("名挂职干部 7 天内任期届满"), True), ("ending_90", _lazy("名挂职干部 90 天内任期届满"), False),
    ("party_overdue", _lazy("名挂职党员组织关系逾期未转入"), False), ("party_not_back", _lazy("名已结束挂职的党员组织关系未转回"), False),
    ("no_acting_head", _lazy("名单位主要负责人挂职，未明确主持工作人"), False),
    ("refill", _lazy("个岗位等待补派人选"), True),
)  # fmt: skip


def _of_postings(actor: Actor) -> list[Todo]:
    """All reminders, in two queries."""
    counts = reminder_counts(actor, most=MOST)
    return [
        Todo(str(text), counts.get(code, 0), f"{reverse('postings')}?reminder={code}", urgent=urgent) for code, text, urgent in REMINDED
    ]


def _some(rows: "QuerySet[Any]") -> int:
    return len(rows.values_list("pk", flat=True)[: MOST + 1])
