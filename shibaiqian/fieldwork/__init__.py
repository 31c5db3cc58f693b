"""Fieldwork: the work log whose items make visits and practical services; typed once.

A log is a day (or days) of a posting with items. An item about a household is a visit; an item that did something concrete
for somebody is a practical service (为民办实事), counted once the beneficiary has confirmed it. No minimum words, no required
photos, no counting of time.
"""
