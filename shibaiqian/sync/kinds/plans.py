"""Plans and summaries of a month."""

import datetime as dt

from shibaiqian.access.roles import Permission
from shibaiqian.fieldwork.actions import Outcome, PlanLine, submit_plan, submit_summary, write_plan, write_summary
from shibaiqian.fieldwork.models import PlanItem
from shibaiqian.fieldwork.procedures import MOST_ITEMS, read_month
from shibaiqian.sync.body import Body
from shibaiqian.sync.kinds.fieldwork import posting_of
from shibaiqian.sync.kinds.kind import Done, Kind, Sender
from shibaiqian.sync.rules import Malformed, Said

LONGEST_THING, LONGEST_TEXT = 200, 2000


def monthly_plan(said: Said, sender: Sender) -> Done:
    """A month's plan: `{posting, month: "2016-06", items: [{text, target?, household?, project?}], submit?: true}`."""
    body = Body(said.body)
    items = [
        PlanLine(
            text=item.text("text", longest=LONGEST_THING, required=True), target=item.key("target"), household=item.key("household"),
            project=item.key("project"),
        )
        for item in body.several("items", most=MOST_ITEMS)
    ]  # fmt: skip
    plan = write_plan(posting_of(said, sender), month=_month(body), items=items, by=sender.actor, operation=said.id)
    if said.body.get("submit") is True and plan.is_open:
        plan = submit_plan(plan, by=sender.actor)
    return Done({"plan": str(plan.pk), "state": plan.state})


def monthly_summary(said: Said, sender: Sender) -> Done:
    """A month's summary: `{posting, month, text?, problems?, outcomes?: [{seq, outcome, note?}], submit?: true}`."""
    body = Body(said.body)
    outcomes = {}
    for item in body.several("outcomes", most=MOST_ITEMS) if said.body.get("outcomes") else ():
        note = item.text("note", longest=LONGEST_THING)
        outcomes[item.whole("seq") or 0] = Outcome(item.choice("outcome", PlanItem.Outcome.values), note)
    summary = write_summary(
        posting_of(said, sender), month=_month(body), text=body.text("text", longest=LONGEST_TEXT),
        problems=body.text("problems", longest=LONGEST_TEXT), outcomes=outcomes, by=sender.actor, operation=said.id,
    )  # fmt: skip
    if said.body.get("submit") is True and summary.is_open:
        summary = submit_summary(summary, by=sender.actor)
    return Done({"summary": str(summary.pk), "state": summary.state})


def _month(body: Body) -> dt.date:
    month = read_month(body.text("month", longest=7, required=True))
    if month is None:
        raise Malformed("“month”应为年月，如 2016-06。")
    return month


KINDS = (
    Kind("monthly_plan", Permission.KEEP_PLANS, monthly_plan),
    Kind("monthly_summary", Permission.KEEP_PLANS, monthly_summary),
)
