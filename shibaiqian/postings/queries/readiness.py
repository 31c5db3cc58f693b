"""Whether postings may end: what has been handed over, and which households would have nobody (不脱贫不脱钩, S23)."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.base import clock
from shibaiqian.postings.models import Handover, PostedHousehold, Posting, PostingChange
from shibaiqian.postings.pairings import RELEASED
from shibaiqian.postings.queries.postings import running_postings
from shibaiqian.postings.rules import POSTING

NAMED = 3  # households named in a refusal


@dataclass(frozen=True)
class Readiness:
    """What stands in the way of a posting's end, in words for the person who ends it."""

    posting: Posting
    handover: Handover | None
    alone: Sequence[tuple[str, str]]  # head and number of bound households that nobody follows for
    last_on: dt.date | None  # of the latest change

    @property
    def not_handed_over(self) -> str:
        """What is missing of the handover; empty when nothing is. Whoever never arrived has nothing to hand over."""
        if self.posting.arrived_on is None or (self.handover is not None and self.handover.is_complete):
            return ""
        return "、".join(self.handover.missing) if self.handover else "还没有开始交接"

    @property
    def named_alone(self) -> str:
        """The first households left alone and how many there are; empty when there is none."""
        if not self.alone:
            return ""
        named = "、".join(f"{head}（{number}）" for head, number in self.alone[:NAMED])
        return f"{len(self.alone)} 户还没有稳定脱贫，也没有接续的人：{named}{'等' if len(self.alone) > NAMED else ''}"

    @property
    def in_the_way(self) -> Sequence[str]:
        """Everything that is missing; empty for a posting that may end."""
        shut = "" if "end_posting" in POSTING.open_steps(self.posting.state) else f"正在“{self.posting.get_state_display()}”"
        return [why for why in (self.not_handed_over or shut, self.named_alone) if why]


def readiness_of(postings: Sequence[Posting]) -> dict[uuid.UUID, Readiness]:
    """Of postings in hand, in their order. Three queries, whatever their number."""
    keys = [posting.pk for posting in postings]
    because = "what belongs to postings in hand; the wall decides"
    handovers = Handover.objects.for_everyone(because=because).filter(posting__in=keys, voided_by__isnull=True)
    handed = {handover.posting_id: handover for handover in handovers}
    changes = PostingChange.objects.for_everyone(because=because).filter(posting__in=keys, voided_by__isnull=True)
    latest = dict(changes.order_by().values_list("posting").annotate(last=Max("on")))
    alone: dict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    left = households_of(keys).exclude(household__state__in=RELEASED).order_by("region_id", "household__number")
    for key, head, number in left.values_list("posting_id", "household__head_name", "household__number"):
        alone[key].append((head, number))
    return {p.pk: Readiness(posting=p, handover=handed.get(p.pk), alone=alone[p.pk], last_on=latest.get(p.pk)) for p in postings}


def households_of(postings: Sequence[uuid.UUID]) -> "QuerySet[PostedHousehold]":
    """The households bound to postings now. Whoever decides of a posting sees its host's region, and so all of them."""
    rows: QuerySet[PostedHousehold] = PostedHousehold.objects.for_everyone(because="the households of postings in hand")
    return rows.filter(posting__in=postings, until__isnull=True, voided_by__isnull=True)


def postings_to_end(actor: Actor, *, region: str = "") -> "QuerySet[Posting]":
    """Running postings whose term is over or who are handing over, in the order (host region, number, id)."""
    over = Q(planned_end__lte=clock.today()) | Q(state=Posting.State.HANDING_OVER)
    return running_postings(actor, region=region).filter(over)
