"""Targets of a posting (定标定责, S26): a letter for a year or the term, drawn up, signed by three, changed only by a signed amendment.

Words: a *target* has a baseline, a value to reach, a weight of 100 and a due day; with an *indicator* of the catalogue its
progress fills itself from the records of the host's place, otherwise the official reports what was reached.

Invariants: weights of a letter are 100 together; a signed letter is never changed, an amendment replaces it once all three have
signed that; nobody signs for somebody else's part.
"""
