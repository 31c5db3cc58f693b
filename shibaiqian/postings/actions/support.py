"""What a sending unit or the government gives a posted official (保障): recorded by the unit, the county or the city."""

import datetime as dt

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.postings.actions.steps import must_say
from shibaiqian.postings.models import Posting, Support


@command(Permission.KEEP_SUPPORT)
def record_support(
    posting: Posting, *, kind: str, on: dt.date, amount_cents: int | None, provider: str, note: str = "", by: Actor
) -> Support:
    """Record subsidy, insurance, health check, fund or visit (`Support.Kind`); money in cents, none for a visit."""
    if kind not in Support.Kind.values:
        raise Refused("请从列表中选择保障种类。")
    if on < posting.appointed_on or on > (posting.ended_on or clock.today()) or on > clock.today():
        raise Refused(f"保障日期 {on} 不在这次挂职期间（{posting.appointed_on} 至 {posting.ended_on or clock.today()}），请改正。")
    if amount_cents is not None and amount_cents <= 0:
        raise Refused("金额应大于零；没有金额的请留空。")
    if amount_cents is None and kind not in (Support.Kind.VISIT, Support.Kind.HEALTH_CHECK, Support.Kind.OTHER):
        raise Refused("请填写金额。")
    made: Support = Support.unscoped.create(
        **posting.about,
        kind=kind, on=on, amount_cents=amount_cents, provider=must_say(provider, what="提供单位"), note=note.strip(), event=current_event(),
    )  # fmt: skip
    return made
