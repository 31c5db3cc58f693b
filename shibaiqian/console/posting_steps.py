"""The steps of a posting: when each is offered, its form, and the command it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as __

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.roles import Permission
from shibaiqian.cadres.models import Cadre
from shibaiqian.console.handover import handover_facts
from shibaiqian.console.posting_forms import (
    AdjustmentForm,
    ArrivalForm,
    CertificateForm,
    DayForm,
    DecisionForm,
    EndForm,
    ExtensionForm,
    FollowerForm,
    HandoverForm,
    HearingForm,
    ItemsForm,
    LetterForm,
    NoteForm,
    PassForm,
    ProposalForm,
    ReasonForm,
    ReceiptForm,
    RotationForm,
    SignatureForm,
    StepForm,
    SupportForm,
    SuspensionForm,
    WaiverForm,
    WitnessForm,
)
from shibaiqian.postings import actions
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import Management, running_postings
from shibaiqian.postings.rules import POSTING, STEPS
from shibaiqian.regions.models import Region
from shibaiqian.reports import certificates

P = Permission
Run = Callable[[Posting, dict[str, Any], Management, Actor], object]
Offer = Callable[[Posting, Management], bool]


@dataclass(frozen=True)
class Step:
    """One thing to do with a posting: its form, and the command behind it."""

    label: str
    permission: Permission
    form: type[StepForm]
    run: Run
    offer: Offer
    grave: bool = False  # ends something: the button is not the first choice


def _plain(command: Callable[..., object]) -> Run:
    return lambda posting, said, _file, by: command(posting, **said, by=by)


def _opened(step: str) -> Offer:
    return lambda posting, _file: step in POSTING.open_steps(posting.state)


def _flow(step: str, permission: Permission, form: type[StepForm], run: Run | None = None, *, grave: bool = False) -> Step:
    return Step(STEPS[step], permission, form, run or _plain(getattr(actions, step)), _opened(step), grave)


def _posting(key: str, by: Actor) -> Posting:
    found = running_postings(by).filter(pk=key).first()
    if found is None:
        raise Refused(__("没有这名挂职干部，请从列表中选择。"))
    return found


def _begin(posting: Posting, said: dict[str, Any], _file: Management, by: Actor) -> object:
    chosen = said.pop("successor")
    successor = _posting(chosen, by) if chosen else None
    return actions.begin_handover(posting, facts=handover_facts(by, posting), successor=successor, by=by, **said)


def _adjust(posting: Posting, said: dict[str, Any], _file: Management, by: Actor) -> object:
    return actions.adjust_posting(posting, **said | {"host": Region.objects.get(pk=said["host"])}, by=by)


def _with_cadre(command: Callable[..., object]) -> Run:
    def run(posting: Posting, said: dict[str, Any], _file: Management, by: Actor) -> object:
        cadre = Cadre.objects.visible_to(by).get(pk=said["cadre"])
        return command(posting, **said | {"cadre": cadre}, by=by)

    return run


def _pass(posting: Posting, said: dict[str, Any], _file: Management, by: Actor) -> object:
    return actions.pass_households(posting, to=_posting(said["to"], by), on=said["on"], by=by)


def _tell(posting: Posting, said: dict[str, Any], file: Management, by: Actor) -> object:
    untold = [row.household_id for row in file.households if row.told_on is None]
    return actions.tell_households(posting.region, households=untold, on=said["on"], by=by)


def _letter(posting: Posting, said: dict[str, Any], _file: Management, by: Actor) -> object:
    place = Region.objects.get(pk=by.scope.region or posting.region_id)
    return actions.issue_party_letters(place, postings=[posting.pk], **said, by=by)


def _support(posting: Posting, said: dict[str, Any], _file: Management, by: Actor) -> object:
    amount = said.pop("amount")
    return actions.record_support(posting, **said, amount_cents=None if amount is None else int(amount * 100), by=by)


def _on_handover(command: Callable[..., object]) -> Run:
    def run(_posting: Posting, said: dict[str, Any], file: Management, by: Actor) -> object:
        if file.handover is None:
            raise Refused(__("还没有开始交接。"))
        return command(file.handover, **said, by=by)

    return run


def _items(_posting: Posting, said: dict[str, Any], file: Management, by: Actor) -> object:
    done = [name.removeprefix("done_") for name, ticked in said.items() if name.startswith("done_") and ticked]
    texts = {name.removeprefix("text_"): words for name, words in said.items() if name.startswith("text_")}
    return _on_handover(actions.check_items)(_posting, {"done": done, "texts": texts}, file, by)


def _checking(_posting: Posting, file: Management) -> bool:
    handover = file.handover
    return handover is not None and not handover.is_complete and not (handover.signed_by_leaver_on or handover.signed_by_successor_on)


def _signing(_posting: Posting, file: Management) -> bool:
    handover = file.handover
    if handover is None or handover.is_complete or not all(item["done"] for item in handover.items):
        return False
    return not (handover.signed_by_leaver_on and handover.signed_by_successor_on)


def _witnessing(_posting: Posting, file: Management) -> bool:
    handover = file.handover
    return bool(handover and not handover.is_complete and handover.signed_by_leaver_on and handover.signed_by_successor_on)


def _lettering(posting: Posting, file: Management) -> bool:
    """To the host until they came; back once the official leaves, until they are back."""
    if posting.party_in_on is None:
        return posting.ended_on is None and not _receiving(posting, file)
    leaves = posting.ended_on is not None or posting.state == Posting.State.HANDING_OVER
    return leaves and not any(letter.direction == letter.Direction.BACK for letter in file.letters)


def _receiving(_posting: Posting, file: Management) -> bool:
    return any(letter.in_on is None for letter in file.letters)


def _leaving(_posting: Posting, file: Management) -> bool:
    return bool(file.open_households)


def _untold(_posting: Posting, file: Management) -> bool:
    return any(row.told_on is None for row in file.households)


def _always(_posting: Posting, _file: Management) -> bool:
    return True


def _certifying(posting: Posting, file: Management) -> bool:
    return posting.state in certificates.OVER and posting.arrived_on is not None and not _noted("certificate", file)


def _assessing(posting: Posting, file: Management) -> bool:
    return posting.state in certificates.ASSESSED and posting.arrived_on is not None and not _noted("assessment", file)


def _noted(kind: str, file: Management) -> bool:
    return any(change.kind == kind for change in file.changes)


def _waiving(posting: Posting, file: Management) -> bool:
    return "waive_handover" in POSTING.open_steps(posting.state) and not (file.handover and file.handover.is_complete)


STEP_FORMS: dict[str, Step] = {
    "record_arrival": _flow("record_arrival", P.KEEP_POSTINGS, ArrivalForm),
    "check_items": Step("核对交接清单", P.KEEP_POSTINGS, ItemsForm, _items, _checking),
    "sign_handover": Step("登记交接签字", P.KEEP_POSTINGS, SignatureForm, _on_handover(actions.sign_handover), _signing),
    "witness_handover": Step("监交", P.WITNESS_HANDOVER, WitnessForm, _on_handover(actions.witness_handover), _witnessing),
    "issue_party_letters": Step("开具组织关系介绍信", P.KEEP_POSTINGS, LetterForm, _letter, _lettering),
    "receive_party_relation": Step("登记组织关系转入", P.KEEP_POSTINGS, ReceiptForm, _plain(actions.receive_party_relation), _receiving),
    "hear_official": _flow("hear_official", P.APPOINT, HearingForm),
    "dismiss_recall": _flow("dismiss_recall", P.APPOINT, ReasonForm),
    "decide_recall": _flow("decide_recall", P.APPOINT, DecisionForm, grave=True),
    "resume_posting": _flow("resume_posting", P.KEEP_POSTINGS, NoteForm),
    "begin_handover": _flow("begin_handover", P.KEEP_POSTINGS, HandoverForm, _begin),
    "end_posting": _flow("end_posting", P.APPOINT, EndForm, grave=True),
    "issue_term_assessment": Step(
        "印发期满鉴定表", P.ISSUE_DOCUMENTS, DayForm, _plain(certificates.issue_term_assessment), _assessing
    ),
    "issue_certificate": Step("出具挂职证明", P.ISSUE_DOCUMENTS, CertificateForm, _plain(certificates.issue_certificate), _certifying),
    "rotate_official": _flow("rotate_official", P.APPOINT, RotationForm, _with_cadre(actions.rotate_official)),
    "replace_official": _flow("replace_official", P.APPOINT, FollowerForm, _with_cadre(actions.replace_official)),
    "adjust_posting": _flow("adjust_posting", P.APPOINT, AdjustmentForm, _adjust),
    "pass_households": Step("移交包户", P.KEEP_POSTINGS, PassForm, _pass, _leaving),
    "leave_to_helpers": Step("由帮扶责任人接续", P.KEEP_POSTINGS, DayForm, _plain(actions.leave_to_helpers), _leaving),
    "tell_households": Step("登记告知农户", P.KEEP_POSTINGS, DayForm, _tell, _untold),
    "extend_term": _flow("extend_term", P.APPOINT, ExtensionForm),
    "suspend_posting": _flow("suspend_posting", P.KEEP_POSTINGS, SuspensionForm),
    "record_support": Step("登记保障", P.KEEP_SUPPORT, SupportForm, _support, _always),
    "propose_recall": _flow("propose_recall", P.KEEP_POSTINGS, ProposalForm, grave=True),
    "stop_handover": _flow("stop_handover", P.KEEP_POSTINGS, ReasonForm, grave=True),
    "waive_handover": Step(STEPS["waive_handover"], P.APPOINT, WaiverForm, _plain(actions.waive_handover), _waiving, grave=True),
}  # fmt: skip


def open_steps(posting: Posting, file: Management, actor: Actor) -> list[tuple[str, Step]]:
    """The buttons: what this role may do with this posting now."""
    if (
        actor.scope.region
        and not posting.region_id.startswith(actor.scope.region)
        and not posting.home_region.startswith(actor.scope.region)
    ):
        return []
    return [(code, step) for code, step in STEP_FORMS.items() if actor.may(step.permission) and step.offer(posting, file)]
