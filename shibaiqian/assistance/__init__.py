"""Assistance: industry entities and their links with households, and projects, each with the posting that stands behind it.

A figure counts work in its time and with its link: an entity or project needs a posting and lies within its dates. An
entity is counted once, however many households it carries.
"""
