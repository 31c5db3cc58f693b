"""Households: the register of poor households, their members, causes, incomes and states.

A household is the people who live together and share expenses, not the registration book. Its state moves only by the flow
or by the opening balance; states and causes are dated rows. Income is net per head: wage, operation, property and transfer
less operating cost, by members. ID numbers, telephones and health stand in side tables with a wall of their own.
"""
