"""The rosters of the register: columns, and how rows become checked and keyed frames."""

from shibaiqian.households.excel.columns import HOUSEHOLD_COLUMNS, INCOME_COLUMNS, MEMBER_COLUMNS
from shibaiqian.households.excel.households import prepare_households
from shibaiqian.households.excel.incomes import prepare_incomes
from shibaiqian.households.excel.members import prepare_members

__all__ = [
    "HOUSEHOLD_COLUMNS",
    "INCOME_COLUMNS",
    "MEMBER_COLUMNS",
    "prepare_households",
    "prepare_incomes",
    "prepare_members",
]
