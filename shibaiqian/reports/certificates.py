"""What an official takes along from a posting: 挂职证明 and 挂职期满鉴定表, issued by the body that decided the appointment.

Each is a numbered document of the register with a check code, addressed to the sending unit, which opens it. The line for the
resume on the certificate is the one that stands in the register and in the .lrmx file.
"""

import datetime as dt

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command
from shibaiqian.access.roles import Permission
from shibaiqian.assistance.queries import entities_of_posting, projects_of_posting
from shibaiqian.base import clock
from shibaiqian.cadres.codes import SEX_WORDS, STATUS_WORDS
from shibaiqian.cadres.lrmx.resume import posting_note
from shibaiqian.cadres.models import Cadre
from shibaiqian.documents.gongwen import OfficialDocument
from shibaiqian.documents.models import IssuedDocument, Issuer
from shibaiqian.documents.papers.ending import Certificate, TermAssessment, certificate, term_assessment
from shibaiqian.documents.papers.people import Person
from shibaiqian.documents.register import draft, enter, issuer_of, take_number
from shibaiqian.fieldwork.models import PracticalService
from shibaiqian.postings.actions.endings import hosts_in_full
from shibaiqian.postings.actions.steps import decided_in, must_decide, note_change
from shibaiqian.postings.models import PostedHousehold, Posting, PostingChange
from shibaiqian.postings.pairings import RELEASED

Kind = IssuedDocument.Kind
OVER = (Posting.State.ENDED, Posting.State.RECALLED)
ASSESSED = (Posting.State.HANDING_OVER, Posting.State.ENDED)


class TooEarly(Refused):
    """The posting has not come so far."""


class IssuedAlready(Refused):
    """The paper was issued before; it is found under its number."""


@command(Permission.ISSUE_DOCUMENTS)
def issue_certificate(posting: Posting, *, on: dt.date, result: str = "", by: Actor) -> IssuedDocument:
    """Issue the certificate of service (挂职证明) of a posting that has ended; `result` is what an assessment found, in words."""
    if posting.state not in OVER or posting.ended_on is None or posting.arrived_on is None:
        raise TooEarly(f"{posting.cadre_name}的挂职还没有结束（或没有到任），不能出具挂职证明。请先办理结束。")
    issuer = _must_sign(posting, PostingChange.Kind.CERTIFICATE, on=on, earliest=posting.ended_on, by=by)
    host = hosts_in_full([posting])[posting.region_id]
    line = posting_note(f"{posting.arrived_on:%Y%m}", f"{posting.ended_on:%Y%m}", host, posting.title)
    paper = certificate(
        Certificate(
            person=person_of(posting, by=by, host=host), resume_line=line, document_number=posting.document_number, result=result.strip(),
            signature=issuer.seal_name, on=on,
        )
    )  # fmt: skip
    return _issue(posting, PostingChange.Kind.CERTIFICATE, paper, issuer=issuer, on=on)


@command(Permission.ISSUE_DOCUMENTS)
def issue_term_assessment(posting: Posting, *, on: dt.date, by: Actor) -> IssuedDocument:
    """Issue the form on which a finished term is assessed (挂职期满鉴定表): facts from the records, opinions and grade by hand."""
    if posting.state not in ASSESSED or posting.arrived_on is None:
        raise TooEarly(f"{posting.cadre_name}的挂职还没有开始交接（或没有到任），不能印发期满鉴定表。请先办理“开始交接”。")
    issuer = _must_sign(posting, PostingChange.Kind.ASSESSMENT, on=on, earliest=posting.arrived_on, by=by)
    host = hosts_in_full([posting])[posting.region_id]
    paper = term_assessment(
        TermAssessment(
            person=person_of(posting, by=by, host=host), document_number=posting.document_number, achievements=achievements(posting, by=by)
        )
    )
    return _issue(posting, PostingChange.Kind.ASSESSMENT, paper, issuer=issuer, on=on)


def _must_sign(posting: Posting, kind: str, *, on: dt.date, earliest: dt.date, by: Actor) -> Issuer:
    """The body that signs. Refuses whom it does not fall to, a second paper, and a day that cannot be."""
    must_decide(posting, by=by)
    if on > clock.today() or on < earliest:
        raise Refused(f"成文日期 {on} 应在 {earliest} 至今天之间，请改正。")
    before = PostingChange.objects.visible_to(by).filter(posting=posting, kind=kind).first()
    if before is not None:
        raise IssuedAlready(f"{posting.cadre_name}的这份材料已于 {before.on} 印发，文号{before.document_number}，可在公文登记中打开。")
    return issuer_of(decided_in(posting))


def _issue(posting: Posting, kind: str, paper: OfficialDocument, *, issuer: Issuer, on: dt.date) -> IssuedDocument:
    document = Kind.CERTIFICATE if kind == PostingChange.Kind.CERTIFICATE else Kind.TERM_ASSESSMENT
    row = enter(draft(issuer, kind=document, number=take_number(issuer, kind=document, on=on), document=paper, on=on, unit=posting.unit))
    note_change(posting, kind, on=on, reason=PostingChange.Kind(kind).label, document_number=row.number)
    return row


def person_of(posting: Posting, *, by: Actor, host: str) -> Person:
    """The official as papers name them; what only the register knows is left out once the cadre is out of the actor's sight."""
    cadre = Cadre.objects.visible_to(by).filter(pk=posting.cadre_id).first()
    known = {
        "sex": SEX_WORDS.get(cadre.sex, ""), "birth": f"{cadre.birth_date:%Y.%m}", "post": cadre.post,
        "political_status": STATUS_WORDS.get(cadre.political_status, ""),
    } if cadre else {}  # fmt: skip
    return Person(
        name=posting.cadre_name, unit=posting.unit.name, host=host, title=posting.title, duties=posting.duties,
        begins=posting.arrived_on or posting.appointed_on, ends=posting.ended_on or posting.planned_end, **known,
    )  # fmt: skip


def achievements(posting: Posting, *, by: Actor) -> tuple[str, ...]:
    """What the records have to a posting's name, a line each, nothing where there is nothing. Five queries."""
    bound = PostedHousehold.objects.visible_to(by).filter(posting=posting)
    counted = (
        ("包联贫困户 {} 户", bound.count()),
        ("其中稳定脱贫 {} 户", bound.filter(household__state__in=RELEASED).count()),
        (
            "为群众办实事 {} 件（经群众确认）",
            PracticalService.objects.visible_to(by).filter(posting=posting).exclude(confirmation="").count(),
        ),
        ("帮扶项目 {} 个", projects_of_posting(by, posting).count()),
        ("联系产业主体 {} 个", entities_of_posting(by, posting).count()),
    )
    return tuple(words.format(count) for words, count in counted if count)
