"""What stands in the file of a posting besides itself: its history, letters, handover, households, support."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.households.models import Household
from shibaiqian.postings.models import Handover, Pairing, PartyTransfer, PostedHousehold, Posting, PostingChange, Support
from shibaiqian.postings.pairings import RELEASED
from shibaiqian.postings.rules import OVERLAP_WORKDAYS, overlap_workdays
from shibaiqian.regions.rules import bounds

MOST = 200  # households shown on one page


@dataclass(frozen=True)
class Management:
    """The file of a posting. `households` only for roles that see households."""

    changes: Sequence[PostingChange]
    letters: Sequence[PartyTransfer]
    handover: Handover | None
    households: Sequence[PostedHousehold]
    support: Sequence[Support]

    @property
    def open_households(self) -> Sequence[PostedHousehold]:
        """Those nobody follows for and who are not stably out: they keep the posting from ending."""
        return [row for row in self.households if row.until is None and row.household.state not in RELEASED]

    @property
    def short_overlap(self) -> int | None:
        """Working days of an overlap that is shorter than it should be; None where it is long enough or not over."""
        if self.handover is None or self.handover.waived or self.handover.witnessed_on is None:
            return None
        days = overlap_workdays(self.handover.opened_on, self.handover.witnessed_on)
        return days if days < OVERLAP_WORKDAYS else None


def management_of(actor: Actor, posting: Posting) -> Management:
    """What belongs to a posting the actor sees. Five queries at most, whatever there is."""
    households: Sequence[PostedHousehold] = []
    if actor.may(Permission.VIEW_HOUSEHOLDS):
        rows = PostedHousehold.objects.visible_to(actor).filter(posting=posting)
        rows = rows.select_related("household", "household__region", "successor_posting", "successor_helper")
        households = list(rows.order_by("until", "region_id", "household__number")[:MOST])
    return Management(
        changes=list(PostingChange.objects.visible_to(actor).filter(posting=posting).order_by("on", "event", "id")),
        letters=list(PartyTransfer.objects.visible_to(actor).filter(posting=posting).order_by("out_on", "id")),
        handover=Handover.objects.visible_to(actor).filter(posting=posting).select_related("successor").first(),
        households=households,
        support=list(Support.objects.visible_to(actor).filter(posting=posting).order_by("-on", "id")),
    )


def numbers_of(posting: Posting, file: Management) -> list[str]:
    """The numbers of the papers about a posting: its appointment, what changed it, its letters."""
    said = [posting.document_number, posting.statutory_document, *(c.document_number for c in file.changes)]
    return [*said, *(letter.letter_number for letter in file.letters)]


def letters_to_host(actor: Actor, postings: Sequence[uuid.UUID]) -> list[str]:
    """The numbers of the standing letters by which the members of these postings went to their hosts."""
    rows = PartyTransfer.objects.visible_to(actor).filter(posting__in=postings, direction=PartyTransfer.Direction.TO_HOST)
    return list(rows.values_list("letter_number", flat=True))


def posted_households(actor: Actor) -> "QuerySet[PostedHousehold]":
    """Households bound to posted officials, in the order (village, id)."""
    rows: QuerySet[PostedHousehold] = PostedHousehold.objects.visible_to(actor)
    return rows.select_related("household", "posting", "region", "successor_helper").order_by("region_id", "id")


def handovers(actor: Actor) -> "QuerySet[Handover]":
    """Handovers in the order (host, id)."""
    rows: QuerySet[Handover] = Handover.objects.visible_to(actor)
    return rows.select_related("posting").order_by("region_id", "id")


def unattended_households(actor: Actor, *, region: str = "") -> "QuerySet[Household]":
    """Households not stably out of poverty for whom no official and no helper is responsible now."""
    bound = PostedHousehold.objects.visible_to(actor).filter(household=OuterRef("pk"), until__isnull=True)
    paired = Pairing.objects.visible_to(actor).filter(household=OuterRef("pk"), until__isnull=True)
    rows: QuerySet[Household] = Household.objects.visible_to(actor).exclude(state__in=RELEASED)
    if region:
        low, high = bounds(region)
        rows = rows.filter(region_id__gte=low, region_id__lt=high)
    return rows.filter(~Exists(bound), ~Exists(paired)).order_by("region_id", "number", "id")
