"""Imports: a roster becomes rows through the same commands as every form.

A run keeps its sealed file and its verdict. Preview: every finding by sheet, row and column, notes for what was normalised.
Confirming reads the file again in the worker: all or nothing, and undoable while nothing later stands on it. `kinds.py` is
the explicit table: kind, command, columns. The opening balance of a county is closed by a second person, once, for good.
"""
