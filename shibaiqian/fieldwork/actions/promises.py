"""Practical services from the promise to the confirmation: promised, done, confirmed one by one or many on one sheet."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork.actions.logs import AlreadyConfirmed, ConfirmationRefused, HouseholdElsewhere, NotInPosting
from shibaiqian.fieldwork.models import PracticalService, ServicePromise
from shibaiqian.fieldwork.rules import within_posting
from shibaiqian.households.models import Household
from shibaiqian.indicators.actions import moving
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region

MOST_ON_A_SHEET = 200


class PromiseRefused(Refused):
    """Nothing, or nobody, was promised; or the dates cannot be right."""


class PromiseKept(Refused):
    """It was done already."""


class KnownService(Refused):
    """The same promise or service stands already."""


@command(Permission.KEEP_FIELDWORK)
def promise_service(
    posting: Posting,
    *,
    key: uuid.UUID,
    kind: str,
    content: str,
    on: dt.date,
    due: dt.date | None = None,
    household: uuid.UUID | None = None,
    beneficiary: str = "",
    region: str = "",
    by: Actor,
) -> ServicePromise:
    """Write down what was promised to a villager, poor or not, until when. `key` becomes the key of the promise and later of the service."""
    if not content.strip() or kind not in PracticalService.Kind.values:
        raise PromiseRefused(_("请选择实事类别，并写明答应办什么。"))
    _must_be_in(posting, on)
    if due is not None and due < on:
        raise PromiseRefused(_("打算办好的日期 %(due)s 早于答应的日期 %(on)s，请核对。") % {"due": due, "on": on})
    home = _household(posting, household, by=by)
    whom = beneficiary.strip() or (home.head_name if home else "")
    if not whom:
        raise PromiseRefused(_("请选择农户，或填写为谁办的。"))
    place = home.region_id if home else region or posting.region_id
    if not place.startswith(posting.region_id):
        raise HouseholdElsewhere("所选的村（社区）不在挂职地范围内，请重新选择。")
    try:
        with transaction.atomic():
            return ServicePromise.unscoped.create(
                id=key, posting=posting, official=posting.cadre_name, region_id=place, household=home, beneficiary=whom, kind=kind,
                content=content.strip(), promised_on=on, due_on=due, event=current_event(),
            )  # fmt: skip
    except IntegrityError:
        raise KnownService(f"已经答应过同一件事（{whom}：{content.strip()}），还没有办好，不用再登记。") from None


@command(Permission.KEEP_FIELDWORK)
def keep_promise(promise: ServicePromise, *, on: dt.date, amount_cents: int | None = None, by: Actor) -> PracticalService:
    """What was promised is done: it becomes a practical service that waits for its confirmation."""
    if promise.kept_on is not None:
        raise PromiseKept(f"这件事已于 {promise.kept_on} 办好，不用再登记。")
    if on < promise.promised_on:
        raise PromiseRefused(_("办好的日期 %(on)s 早于答应的日期 %(from)s，请核对。") % {"on": on, "from": promise.promised_on})
    if amount_cents is not None and amount_cents < 0:
        raise PromiseRefused(_("折合金额不能是负数。"))
    posting = Posting.objects.visible_to(by).filter(pk=promise.posting_id).first()
    if posting is None:
        raise NotVisible("Posting")
    _must_be_in(posting, on)
    promise.kept_on = on
    promise.save(update_fields=["kept_on"])
    try:
        with transaction.atomic():
            return PracticalService.unscoped.create(
                id=promise.pk, posting=posting, official=promise.official, region_id=promise.region_id, household_id=promise.household_id,
                beneficiary=promise.beneficiary, kind=promise.kind, content=promise.content, on=on, amount_cents=amount_cents,
                event=current_event(),
            )  # fmt: skip
    except IntegrityError:
        raise KnownService(f"这件实事已经登记过（{on}，{promise.beneficiary}）。") from None


@command(Permission.HEAR_HOUSEHOLDS)
def confirm_services(region: Region, *, services: Sequence[uuid.UUID], confirmation: str, on: dt.date, by: Actor) -> list[PracticalService]:
    """One sheet signed for several services of a place (半年一张单): all of them or none. The rules are those of `confirm_service`."""
    wanted = sorted(set(services))
    if not wanted or len(wanted) > MOST_ON_A_SHEET:
        raise ConfirmationRefused(_("请选择要确认的实事，一张单子最多 %s 件。") % MOST_ON_A_SHEET)
    if confirmation not in PracticalService.Confirmation.values or not confirmation:
        raise ConfirmationRefused(_("请选择确认方式：签字、按手印（有见证人）或两名村民见证。"))
    low, high = region.code, f"{region.code}:"
    rows = PracticalService.objects.visible_to(by).filter(pk__in=wanted, region__gte=low, region__lt=high).order_by("pk")
    found = list(rows.select_for_update(no_key=True))
    if len(found) < len(wanted):
        raise NotVisible("PracticalService")
    for service in found:
        if service.confirmation:
            raise AlreadyConfirmed(f"“{service.beneficiary}：{service.content}”已经确认过，请去掉这一件再提交。")
        if not service.on <= on <= clock.today():
            raise ConfirmationRefused(_("确认日期 %(on)s 应在办理日期 %(from)s 之后、今天之前，请核对。") % {"on": on, "from": service.on})
    with moving(["practical_services"], region=region.code, keys=wanted):
        PracticalService.objects.visible_to(by).filter(pk__in=wanted).update(confirmation=confirmation, confirmed_on=on)
    note_in_event(confirmed=len(found))
    return found


def _must_be_in(posting: Posting, on: dt.date) -> None:
    if on > clock.today():
        raise NotInPosting(f"日期 {on} 晚于今天，请核对。")
    if not within_posting(on, arrived_on=posting.arrived_on, ended_on=posting.ended_on):
        raise NotInPosting(f"{on} 不在任职期间（{posting.arrived_on or '未到任'} 至 {posting.ended_on or '今'}），请核对日期。")


def _household(posting: Posting, key: uuid.UUID | None, *, by: Actor) -> Household | None:
    if key is None:
        return None
    low = posting.region_id
    found: Household | None = Household.objects.visible_to(by).filter(pk=key, region__gte=low, region__lt=f"{low}:").first()
    if found is None:
        raise HouseholdElsewhere("有的户不在挂职地的贫困户名册中，请重新选择。")
    return found
