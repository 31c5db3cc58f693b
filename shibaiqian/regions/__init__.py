"""Regions: province, city, county, town, village by code; the parent is the prefix.

Places are reference data, readable by everyone. Merged or renamed places keep their dates and a successor. What is known
of a village (poor village, population, income of the collective) is a dated profile with its own wall.
"""
