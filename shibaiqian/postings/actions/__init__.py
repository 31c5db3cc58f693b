"""Every write of this context, by noun; together here so that a caller need not know which."""

from shibaiqian.postings.actions.appointments import appoint_officials, release_hosts
from shibaiqian.postings.actions.arrivals import record_arrival, record_arrivals, take_back_arrivals
from shibaiqian.postings.actions.changes import TermTooLong, extend_term, resume_posting, suspend_posting
from shibaiqian.postings.actions.endings import EndRefused, HandoverMissing, HouseholdsLeftAlone, end_posting, end_postings, settle_ended
from shibaiqian.postings.actions.handovers import (
    HandoverRefused,
    begin_handover,
    check_items,
    sign_handover,
    stop_handover,
    waive_handover,
    witness_handover,
)
from shibaiqian.postings.actions.households import assign_successors, bind_households, leave_to_helpers, pass_households, tell_households
from shibaiqian.postings.actions.pairings import hand_over_pairings, pass_pairings
from shibaiqian.postings.actions.party_relations import TransferRefused, issue_party_letters, receive_party_relation
from shibaiqian.postings.actions.programme import install_programme
from shibaiqian.postings.actions.recalls import decide_recall, dismiss_recall, hear_official, propose_recall
from shibaiqian.postings.actions.steps import NotSaid, NotTheirs, WrongDay
from shibaiqian.postings.actions.successions import SuccessionRefused, adjust_posting, replace_official, rotate_official
from shibaiqian.postings.actions.support import record_support
from shibaiqian.postings.actions.undoing import StandsOnIt, take_back_bindings, take_back_pairings

__all__ = [
    "EndRefused", "HandoverMissing", "HandoverRefused", "HouseholdsLeftAlone", "NotSaid", "NotTheirs", "StandsOnIt", "SuccessionRefused", "TermTooLong",
    "TransferRefused", "WrongDay", "adjust_posting", "appoint_officials", "assign_successors", "begin_handover", "bind_households",
    "check_items", "decide_recall", "dismiss_recall", "end_posting", "end_postings", "extend_term", "hand_over_pairings", "hear_official",
    "install_programme", "issue_party_letters", "leave_to_helpers", "pass_households", "pass_pairings", "propose_recall",
    "receive_party_relation", "record_arrival", "record_arrivals", "record_support", "release_hosts", "replace_official",
    "resume_posting", "rotate_official", "settle_ended", "sign_handover", "stop_handover", "suspend_posting", "take_back_arrivals", "take_back_bindings", "take_back_pairings",
    "tell_households", "waive_handover", "witness_handover",
]  # fmt: skip
