"""What leaves the product: looked for every five minutes, sent channel by channel, with another attempt later when it fails."""

import contextlib
import logging
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.access.roles import Role
from shibaiqian.base import clock, crypto
from shibaiqian.messages import actions, queries, rules
from shibaiqian.messages.letters import LetterDeclined, LetterDelayed, can_send, send_letter
from shibaiqian.messages.models import Channel, Message
from shibaiqian.messages.robots import RobotDeclined, RobotRefused, RobotSilent, post_text

WHO = "通知"
SHOWN = 20  # lines of a digest; the rest is counted
logger = logging.getLogger(__name__)


class Later(BaseRetryStrategy):
    """Attempts that are further and further apart, an hour at most; what never came through waits for the next digest."""

    def get_retry_decision(self, *, exception: BaseException, job: Any) -> RetryDecision | None:
        if not isinstance(exception, (RobotSilent, LetterDelayed)) or job.attempts + 1 >= rules.ATTEMPTS:
            return None
        return RetryDecision(retry_in={"seconds": rules.wait(job.attempts)})


@app.periodic(cron="*/5 * * * *", periodic_id="messages.leave")
@app.task(name="messages.leave", queue="messages", queueing_lock="messages.leave")
def leave(timestamp: int = 0) -> int:
    """Queue what may leave now: emergencies always, the rest in working hours, digests once a day. How many letters."""
    with acting(system_actor(WHO)):
        _tell_of_loans()
        now = clock.wall_now()
        workday = queries.works_today(now)
        open_now, queued = rules.in_working_hours(now, workday=workday), 0
        for one in queries.waiting():
            due = rules.digest_is_due(now, workday=workday, last=one.digest_on) if one.digest_only else open_now
            queued += _queue(one.channel, urgent=True) if one.emergencies else 0
            queued += _queue(one.channel, urgent=False) if due and one.ordinary else 0
        if rules.digest_is_due(now, workday=workday, last=None):
            actions.note_digests(now.date())
        return queued


def _queue(channel: uuid.UUID, *, urgent: bool) -> int:
    """At most one letter of a channel waits; emergencies do not wait behind it."""
    lock = f"messages.send:{channel}:{'urgent' if urgent else ''}"
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        send.configure(queueing_lock=lock, priority=10 if urgent else 0).defer(channel=str(channel), urgent=urgent)
        return 1
    return 0


def _tell_of_loans() -> None:
    """Who stands in for somebody is told when it begins; access stands below messages and cannot say it itself."""
    for loan in queries.loans_begun(on=clock.today()):
        event = rules.EVENTS["role_lent"]
        place = f"{Role(loan.assignment.role).label} {loan.assignment.scope_name}".strip()
        actions.tell(
            [loan.user_id], key=f"role_lent:{loan.pk}", text=event.text, url=reverse(event.page), rest=event.rest,
            place=place, until=loan.valid_to.isoformat(),
        )  # fmt: skip


@app.task(name="messages.send", queue="messages", retry=Later())
def send(channel: str, urgent: bool = False) -> int:
    """One letter of what waits at a channel, or of its emergencies; how many messages. Nothing at night but these."""
    with acting(system_actor(WHO)):
        found = queries.waiting(channel=uuid.UUID(channel))
        now = clock.wall_now()
        if not found or not (urgent or rules.in_working_hours(now, workday=queries.works_today(now))):
            return 0
        keys = found[0].emergencies if urgent else found[0].ordinary
        to = Channel.objects.get(pk=channel)
        rows = list(Message.objects.filter(pk__in=keys).order_by("created_at", "id"))
    if rows and _sent(to, *letter_of(rows)):
        with acting(system_actor(WHO)):
            actions.note_delivered(to, [row.pk for row in rows])
        return len(rows)
    return 0


@app.task(name="messages.try_out", queue="messages", retry=Later())
def try_out(channel: str) -> bool:
    """The test letter that its owner asked for just now, at whatever hour."""
    with acting(system_actor(WHO)):
        to = Channel.objects.get(pk=channel)
    with translation.override("zh-hans"):
        return _sent(to, gettext("测试通知"), gettext("这是一条测试通知，收到说明设置正确。"))


def queue_test(channel: Channel) -> None:
    """Have a test letter sent; pressed twice it is sent once."""
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        try_out.configure(queueing_lock=f"messages.try_out:{channel.pk}").defer(channel=str(channel.pk))


def letter_of(rows: list[Message]) -> tuple[str, str]:
    """Subject and text, in Chinese: what to do and where, and nothing else."""
    with translation.override("zh-hans"):
        lines = [f"{n}. {row.words}" for n, row in enumerate(rows[:SHOWN], start=1)]
        if len(rows) > SHOWN:
            lines.append(gettext("另有 %(count)s 条。") % {"count": len(rows) - SHOWN})
        subject = gettext("有 %(count)s 件事等待处理") % {"count": len(rows)}
        where = settings.CSRF_TRUSTED_ORIGINS[0] + reverse("messages") if settings.CSRF_TRUSTED_ORIGINS else ""
        lines.append((gettext("请登录平台办理：%(where)s") % {"where": where}) if where else gettext("请登录平台办理。"))
        return subject, "\n".join(lines)


def _sent(to: Channel, subject: str, text: str) -> bool:
    """Whether it was taken. What is declined for good is told its owner in the product, and waits for a better address."""
    with translation.override("zh-hans"):
        subject = f"【{gettext(settings.BRAND)}】{subject}"
    address = crypto.unseal(bytes(to.address_sealed), row=str(to.pk))
    try:
        if to.kind == Channel.Kind.ROBOT:
            post_text(address, f"{subject}\n{text}")
        elif can_send():
            send_letter(address, subject=subject, text=text)
        else:
            return False
    except (RobotDeclined, RobotRefused, LetterDeclined) as why:
        logger.warning("a %s channel declined: %s", to.kind, type(why).__name__)
        event = rules.EVENTS["channel_refused"]
        with acting(system_actor(WHO)):
            actions.switch_off(to)
            actions.tell([to.user_id], key=f"channel_refused:{to.kind}", text=event.text, url=reverse(event.page))
        return False
    return True
