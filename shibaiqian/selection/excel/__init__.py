"""Rosters of selection: columns, and rows made ready for the commands."""
