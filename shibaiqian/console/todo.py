"""What needs doing first, for the role that looks. Each line counts to a limit, by index, and leads to its list."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import PracticalService
from shibaiqian.imports.models import ImportRun
from shibaiqian.imports.queries import openings
from shibaiqian.party.models import Overhaul
from shibaiqian.postings.models import Posting

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
    if actor.may(Permission.APPOINT):
        postings = Posting.objects.visible_to(actor).filter(ended_on__isnull=True)
        late = postings.filter(state=Posting.State.PENDING_ARRIVAL)
        found.append(Todo(_("名挂职干部尚未登记到岗"), _some(late), reverse("postings"), urgent=True))
        expired = postings.filter(planned_end__lt=clock.today())
        found.append(Todo(_("名挂职干部任期已满，未办结束或延期"), _some(expired), reverse("postings"), urgent=True))
    if actor.may(Permission.KEEP_PARTY):
        open_ones = Overhaul.objects.visible_to(actor).filter(state=Overhaul.State.IN_RECTIFICATION)
        found.append(Todo(_("个后进党组织正在整顿"), _some(open_ones), reverse("overhauls")))
    if actor.may(Permission.KEEP_FIELDWORK):
        unconfirmed = PracticalService.objects.visible_to(actor).filter(confirmation="")
        found.append(Todo(_("件实事待群众确认，确认后才计数"), _some(unconfirmed), reverse("services")))
    return sorted((t for t in found if t.count), key=lambda t: not t.urgent)


def _some(rows: "QuerySet[Any]") -> int:
    return len(rows.values_list("pk", flat=True)[: MOST + 1])
