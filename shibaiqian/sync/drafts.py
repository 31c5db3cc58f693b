"""What a slice tells of drafts: to the official what waits, to who typed them what became of them."""

from typing import Any

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.fieldwork.models import Draft
from shibaiqian.fieldwork.queries import drafts_typed, drafts_waiting, officials_to_type_for
from shibaiqian.postings.models import Posting

MOST = 100


def drafts(actor: Actor, posting: Posting | None) -> Any:
    """`{waiting: [draft]}` for who answers, `{officials: [{id, name, title}], typed: [draft]}` for who types; a draft is
    `{id, posting, official, on, category, content, household?, head?, service?, beneficiary?, amount_cents?, problem?, follow_up_due?,
    photos?, by, at, state, word?}`.

    `state` is the draft's, or `given_back` where the official's posting has ended.
    """
    if actor.may(Permission.TAKE_DRAFTS):
        return {"waiting": [_draft(row) for row in drafts_waiting(actor)[:MOST]]}
    if not actor.may(Permission.WRITE_DRAFTS):
        return None
    officials = [{"id": str(row.pk), "name": row.cadre_name, "title": row.title} for row in officials_to_type_for(actor)]
    return {"officials": officials, "typed": [_draft(row) for row in drafts_typed(actor)[:MOST]]}


def _draft(row: Draft) -> dict[str, Any]:
    told = {
        "id": str(row.pk), "posting": str(row.posting_id), "official": row.official, "on": row.on.isoformat(), "category": row.category,
        "content": row.content, "household": str(row.household_id) if row.household_id else None,
        "head": row.household.head_name if row.household else None, "service": row.service_kind, "beneficiary": row.beneficiary,
        "amount_cents": row.amount_cents, "problem": row.problem,
        "follow_up_due": row.follow_up_due.isoformat() if row.follow_up_due else None, "photos": len(row.photos) or None, "by": row.typed_by, "at": row.typed_at.isoformat(),
        "state": "given_back" if row.is_given_back else row.state, "word": row.word,
    }  # fmt: skip
    return {key: value for key, value in told.items() if value not in (None, "")}
