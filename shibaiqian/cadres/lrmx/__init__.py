"""LRMX: the exchange file of the appointment form (干部任免审批表), as every organisation department's software writes and reads it.

One person a file, root `Person`, element names in pinyin (domain.md 3.1, 15.5). What came in goes out again: every element's
text is kept as it stood, unknown elements too; the register's own value replaces it only where the two say different things.

Pure, but for `actions` beside it: `reading` makes a `Form` of bytes, `writing` bytes of a `Form`, `dates` and `resume` read what
stands in its texts, `merging` compares it with the register. The ID number leaves a form before it is kept.
"""
