"""Selection (选派): from a batch plan to the official who is appointed, and everything that must have happened before.

Words: a *batch* is one round with quotas per county and tier; a *need* is a host's request for an official; in the first
stage villages are bound to partner units, in the second units' persons to needs (先定村、再定人); a *nomination* is a cadre
proposed by the unit, with the party group's minute; four *gates* (政治关、品行关、廉政关、能力关) are reviewed, each with an
expiry; *recusal* keeps relatives and interests apart; a *match* is a proposal with reasons; a *decision* is what a meeting
decided on paper, which the clerk records; after the *notice* the deciding body *appoints* and a posting begins.

Invariants
- Nothing the register knows is typed again. What was known of a cadre is frozen in the nomination (`facts`), without ID number.
- A nomination moves only by the flow table of `rules.NOMINATION`. Steps take sets; each set is one event.
- Appointed needs: four valid passes on that day, no unresolved recusal, a confirmed need, a recorded decision, a finished notice.
- Nobody reviews, decides or confirms about themselves or a relative; a stand-in neither.
- Opinions of gates are seen by organisation departments (integrity: by discipline inspection) and by nobody else.
- The second best of a match is shown while deciding and never kept.
"""
