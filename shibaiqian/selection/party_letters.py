"""Letters of party relations for a list of appointed members: numbered in the county's own series, printed with stub and receipt."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Written
from shibaiqian.cadres.codes import FULL_MEMBER, PROBATIONARY_MEMBER
from shibaiqian.cadres.models import Cadre
from shibaiqian.documents.models import IssuedDocument, Issuer
from shibaiqian.documents.papers.party_letter import PartyLetter, party_letter
from shibaiqian.documents.register import draft, issuer_of, series_sign, take_numbers
from shibaiqian.postings.actions import issue_party_letter
from shibaiqian.postings.models import PartyTransfer, Posting
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import region_names
from shibaiqian.selection.printing import ETHNICITY, SEX
from shibaiqian.selection.steps import happened

MEMBERS = (FULL_MEMBER, PROBATIONARY_MEMBER)
KIND = IssuedDocument.Kind.PARTY_LETTER


@command(Permission.ISSUE_DOCUMENTS)
def issue_party_letters(
    region: Region, *, postings: Sequence[uuid.UUID], on: dt.date, dues_paid_to: str = "", sign: str = "", by: Actor
) -> Written:
    """Issue the letters to the host for running postings: one number and one paper each. `dues_paid_to`: yyyyMM.

    Who is no party member has nothing to move, and who has a letter keeps it: both are left out and counted in the event.
    """
    happened(on, what="开具日期")
    wanted = Posting.objects.visible_to(by).filter(pk__in=set(postings)).order_by("pk").select_for_update(no_key=True, of=("self",))
    rows = list(wanted.select_related("unit"))
    if not rows or len(rows) != len(set(postings)):
        raise NotVisible(Posting.__name__)
    cadres = Cadre.objects.visible_to(by).in_bulk([row.cadre_id for row in rows])
    has_one = set(
        PartyTransfer.objects.visible_to(by)
        .filter(posting__in=rows, direction=PartyTransfer.Direction.TO_HOST)
        .values_list("posting", flat=True)
    )
    chosen = [row for row in rows if row.pk not in has_one and row.is_running and _is_member(cadres.get(row.cadre_id))]
    if not chosen:
        raise Refused("所选人员都不需要开具介绍信：不是党员、已经开过，或挂职已结束。")
    issuer = issuer_of(region.code, sign=sign)
    numbers = take_numbers(series_sign(issuer, KIND), year=on.year, count=len(chosen))
    places = region_names(sorted({str(row.region_id)[:n] for row in chosen for n in (6, 9)}))
    papers = []
    for row, number in zip(chosen, numbers, strict=True):
        letter = _letter(row, cadres[row.cadre_id], str(number), issuer=issuer, places=places, on=on, dues_paid_to=dues_paid_to)
        papers.append(draft(issuer, kind=KIND, number=number, document=party_letter(letter), on=on, unit=row.unit))
        issue_party_letter(
            row, direction="to_host", letter_number=str(number), from_body=letter.leaving, to_body=letter.joining, out_on=on,
            dues_paid_to=dues_paid_to, by=by,
        )  # fmt: skip
    IssuedDocument.unscoped.bulk_create(papers)
    note_in_event(count=len(chosen), left_out=len(rows) - len(chosen))
    return Written(count=len(chosen), regions=[region.code])


def _is_member(cadre: Cadre | None) -> bool:
    return cadre is not None and cadre.political_status in MEMBERS


def _letter(
    row: Posting, cadre: Cadre, number: str, *, issuer: Issuer, places: Mapping[str, str], on: dt.date, dues_paid_to: str
) -> PartyLetter:
    """Addressed to the committee above the host; the member joins the host's own organisation."""
    code = str(row.region_id)
    town, county = places.get(code[:9], ""), places.get(code[:6], "")
    above = f"中共{town if len(code) == 12 else county}委员会"
    return PartyLetter(
        number=number,
        name=row.cadre_name,
        sex=SEX.get(cadre.sex, ""),
        ethnicity=ETHNICITY.get(cadre.ethnicity, ""),
        is_probationary=cadre.political_status == PROBATIONARY_MEMBER,
        from_body=issuer.seal_name,
        to_body=above,
        leaving=f"{row.unit.name}党组织",
        joining=f"{town if len(code) == 12 else ''}{row.host_name}党组织",
        dues_paid_to=dues_paid_to,
        on=on,
    )
