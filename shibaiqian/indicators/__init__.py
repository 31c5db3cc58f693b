"""Indicators: each figure is one `.sql` file with a small table of rows in and numbers out, which is test and handbook.

Imports no business Python: it reads tables by SQL. `shibaiqian figures` is always live; pages read rollups plus deltas,
and a test compares the two. Each figure says whether it is additive and by which region it counts.
"""
