"""The register of what was issued: bodies with their signs, numbers without gaps, the paper kept, and proof of it.

A number is taken under the lock of its series, inside the command's transaction: a command that fails gives it back. An
earlier paper is entered with the number it has. The check code is a keyed digest of what the paper says: whoever holds the
paper can ask whether it was issued so, without learning anything else.
"""

import dataclasses
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.models import QuerySet

from shibaiqian.access.actor import Actor, acting, system_actor
from shibaiqian.access.command import Refused, command, current_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, Written
from shibaiqian.base import clock, crypto
from shibaiqian.base.ids import new_id
from shibaiqian.documents.excel import prepare_issuers
from shibaiqian.documents.gongwen import BadNumber, DocumentNumber, OfficialDocument, RedHead
from shibaiqian.documents.kept import from_kept, to_kept
from shibaiqian.documents.models import IssuedDocument, Issuer, Series
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.models import Region

Kind = IssuedDocument.Kind
# Printed with the red head; the others are forms and letters that carry their number at the foot.
RED_HEADED = frozenset(
    {Kind.PLAN, Kind.APPOINTMENT, Kind.REMOVAL, Kind.RECALL, Kind.ADJUSTMENT, Kind.EXTENSION, Kind.INTEGRITY_INQUIRY, Kind.INTEGRITY_REPLY}
)
# Letters, sheets and notices count apart from the body's documents: 洛组介, 洛组呈, 洛组示.
OWN_SERIES = {
    Kind.PARTY_LETTER: "介", Kind.DECISION_SHEET: "呈", Kind.NOTICE: "示", Kind.INTEGRITY_INQUIRY: "函", Kind.INTEGRITY_REPLY: "复",
    Kind.TARGET_LETTER: "责", Kind.HANDOVER: "交", Kind.CERTIFICATE: "证", Kind.TERM_ASSESSMENT: "鉴",
}  # fmt: skip
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32, none mistaken for another


class NumberTaken(Refused):
    """The number already stands in the register."""


class NoIssuer(Refused):
    """The place has no body that issues documents, or several and none was named."""


@dataclass(frozen=True)
class Proof:
    """What the check says of a paper: nothing personal."""

    kind: str
    number: str
    issuer: str
    on: dt.date


@command(Permission.REGISTER_ORGANISATIONS)
def register_issuers(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Register the bodies of a region that issue documents, each with its sign, red head and signature. All or none."""
    frame = prepare_issuers(region, rows=rows, by=by).or_refuse().frame
    Issuer.objects.bulk_create(
        Issuer(unit_id=row["unit"], region_id=row["unit_region"], sign=row["sign"], red_head=row["red_head"], seal_name=row["seal_name"])
        for row in frame.iter_rows(named=True)
    )
    return Written(count=frame.height, regions=[region.code])


@command(Permission.ISSUE_DOCUMENTS)
def issue(
    issuer: Issuer, *, kind: str, document: OfficialDocument, on: dt.date, number: str = "", unit: Organisation | None = None, by: Actor
) -> IssuedDocument:
    """Issue a paper: give it the next number of the year, or enter it under the number it already has (`number`).

    Raises NumberTaken, BadDate, and Refused for a number that is written wrongly or belongs to another body.
    """
    given = take_number(issuer, kind=kind, on=on, number=number)
    return enter(draft(issuer, kind=kind, number=given, document=document, on=on, unit=unit))


def take_number(issuer: Issuer, *, kind: str, on: dt.date, number: str = "") -> DocumentNumber:
    """The next number of the body's series for this kind of paper, or the given one if it is free. Part of a command."""
    if on > clock.today():
        raise Refused(f"成文日期 {on} 晚于今天，请改正。")
    sign = series_sign(issuer, kind)
    if not number:
        return take_numbers(sign, year=on.year, count=1)[0]
    return _given(number, signs={issuer.sign, sign}, on=on)


def take_numbers(sign: str, *, year: int, count: int) -> list[DocumentNumber]:
    """The next numbers of a sign's year, locked until the command's transaction ends."""
    with _locked(sign, year) as series:
        first = series.last_serial + 1
        series.last_serial += count
    return [DocumentNumber(sign, year, serial) for serial in range(first, first + count)]


def _given(text: str, *, signs: set[str], on: dt.date) -> DocumentNumber:
    try:
        number = DocumentNumber.read(text)
    except BadNumber as wrong:
        raise Refused(str(wrong)) from None
    if number.issuer_code not in signs:
        raise Refused(f"文号“{number}”的机关代字不是本机关的“{'”或“'.join(sorted(signs))}”，请核对。")
    if number.year != on.year:
        raise Refused(f"文号“{number}”的年份与成文日期 {on} 不一致，请核对。")
    with _locked(number.issuer_code, number.year) as series:
        rows = IssuedDocument.objects.for_everyone(because="a number is given once; the wall shows the issuer's own papers")
        if rows.filter(number=str(number), voided_by__isnull=True).exists():
            raise NumberTaken(f"文号“{number}”已经用过，请核对原件，或不填文号由系统编号。")
        series.last_serial = max(series.last_serial, number.serial)
    return number


@contextmanager
def _locked(sign: str, year: int) -> Iterator[Series]:
    Series.objects.bulk_create([Series(sign=sign, year=year)], ignore_conflicts=True)
    series = Series.objects.select_for_update().get(sign=sign, year=year)
    yield series
    series.save(update_fields=["last_serial"])


def series_sign(issuer: Issuer, kind: str) -> str:
    """洛组发 for documents; letters and forms have a sign of their own in place of the last character: 洛组介."""
    own = OWN_SERIES.get(Kind(kind))
    return issuer.sign.removesuffix("发") + own if own else issuer.sign


def enter(row: IssuedDocument) -> IssuedDocument:
    """Write a paper made by `draft` into the register, with the digest of its PDF. Part of a command."""
    row.sha256 = hashlib.sha256(render_pdf(paper_of(row)).content).hexdigest()
    row.save(force_insert=True)
    return row


def draft(
    issuer: Issuer,
    *,
    kind: str,
    number: DocumentNumber,
    document: OfficialDocument,
    on: dt.date,
    unit: Organisation | None = None,
    about: str = "",
) -> IssuedDocument:
    """The row of a paper, not yet written: for entering many at once by `bulk_create`.

    `about` tells apart in the register what has one printed title: the person a letter is for.
    """
    head = RedHead(text=issuer.red_head, number=number) if Kind(kind) in RED_HEADED else document.head
    paper = dataclasses.replace(document, head=head, demonstration=clock.is_demonstration(), foot="")
    code = check_code(str(number), kind=kind, issuer=issuer.seal_name, on=on, paper=paper)
    title = " ".join(document.title.split())
    kept = to_kept(dataclasses.replace(paper, foot=f"{number}　核验码 {code}"))
    return IssuedDocument(
        id=new_id(), kind=kind, number=str(number), title=title + (f"（{about}）" if about else ""), issuer=issuer.seal_name, region_id=issuer.region_id,
        unit=unit, on=on, value=kept, check_code=code, event=current_event(),
    )  # fmt: skip


def check_code(number: str, *, kind: str, issuer: str, on: dt.date, paper: OfficialDocument) -> str:
    """Eight letters like 7K2M-9QXD, from everything the paper says and a key that never leaves the installation."""
    said = json.dumps([number, kind, issuer, on.isoformat(), to_kept(paper)], ensure_ascii=False, sort_keys=True)
    digest = int.from_bytes(hmac.digest(crypto.derive("paper"), said.encode(), "sha256")[:5], "big")
    letters = "".join(CODE_LETTERS[digest >> (5 * place) & 31] for place in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def paper_of(row: IssuedDocument) -> OfficialDocument:
    """The paper as it was issued, to be set again as PDF or Word."""
    paper: OfficialDocument = from_kept(row.value)
    return paper


def check(number: str, code: str) -> Proof | None:
    """Whether a paper with this number and code was issued. Open to everybody: nothing personal is said, and a wrong code says nothing."""
    number, code = "".join(number.split()), "".join(code.upper().split())
    code = code if "-" in code else f"{code[:4]}-{code[4:]}"
    with acting(system_actor("公文核验")) as actor:
        row = IssuedDocument.objects.visible_to(actor).filter(number=number).first()
    if row is None or not hmac.compare_digest(row.check_code.encode(), code.encode()):
        return None
    return Proof(kind=Kind(row.kind).label, number=row.number, issuer=row.issuer, on=row.on)


def issuers_of(region: str) -> Sequence[Issuer]:
    """The bodies of exactly this place that issue documents, the organisation department first."""
    found = list(Issuer.objects.filter(region=region).order_by("sign"))
    return sorted(found, key=lambda issuer: "组" not in issuer.sign)


def issuer_of(region: str, *, sign: str = "") -> Issuer:
    """The body that signs for a place: the one with this sign, else the organisation department. Raises NoIssuer."""
    found = issuers_of(region)
    chosen = next((issuer for issuer in found if not sign or issuer.sign == sign), None)
    if chosen is None:
        name = Region.objects.values_list("name", flat=True).get(pk=region)
        raise NoIssuer(
            f"{name}没有机关代字为“{sign}”的发文机关，请核对。"
            if sign
            else f"{name}还没有登记发文机关，请先导入发文机关名册（机关代字、发文机关标志、落款）。"
        )
    return chosen


def issued_documents(actor: Actor, *, number: str = "") -> "QuerySet[IssuedDocument]":
    """The register as the actor sees it, latest first; by number exactly when one is given."""
    rows: QuerySet[IssuedDocument] = IssuedDocument.objects.visible_to(actor)
    if number:
        rows = rows.filter(number="".join(number.split()))
    return rows.order_by("-on", "-id")


def papers_numbered(actor: Actor, numbers: Iterable[str]) -> list[IssuedDocument]:
    """The papers with these numbers that the actor may open, the earliest first."""
    wanted = {number for number in numbers if number}
    rows = issued_documents(actor).filter(number__in=wanted) if wanted else ()
    return sorted(rows, key=lambda row: (row.on, DocumentNumber.read(row.number)))
