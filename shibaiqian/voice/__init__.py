"""The voice of the field: requests upward (向上要), a concrete thing asked of a named bureau or unit, with a clock that runs for it.

Words: the *asker* is an official or a village, the *receiver* a unit. A request is accepted with a day, or refused with a reason;
done as the receiver says; confirmed, or sent back, by who asked.

Invariants: the clock counts against the receiver, never against the asker; it counts working days and stands still in an emergency;
the county sees every request of its county; nothing counts how much somebody asks for.
"""
