"""The rosters of this context: postings, arrivals, bound households, pairings handed over."""

from shibaiqian.postings.excel.postings import COLUMNS, check_members, check_standing, check_terms, prepare_postings

__all__ = ["COLUMNS", "check_members", "check_standing", "check_terms", "prepare_postings"]
