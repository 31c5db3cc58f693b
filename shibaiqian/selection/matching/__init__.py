"""Matching (因村派人): points of pairs, the best plan under hard rules and caps with a bound, and why. Pure: no database.

Words: *people* are the rows of a problem (nominated officials; in the first stage each unit once for every village it can take),
*posts* its columns. Points are hundredths of a point, so that every sum is exact. Rules that forbid a pair are bits of `Rule`.
"""
