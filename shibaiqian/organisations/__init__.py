"""Organisations: units with both hierarchies (administrative and party), dated names, and partner units of villages.

Units are reference data, readable by everyone. A partner unit (包村单位) is bound to one village until it is out of poverty.
"""
