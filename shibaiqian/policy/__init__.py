"""Policy: numbers that come from a policy are dated rows (key, jurisdiction, value, from, to, source), never constants.

The narrowest valid row wins: town, county, city, province, nation. A key marked `floor` may only become stricter below.
"""
