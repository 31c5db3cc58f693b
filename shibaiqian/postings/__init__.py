"""Postings: who serves where, from when until when; and who is responsible for which household.

A cadre has at most one running posting; a village has at most one running First Secretary, who is a full party member.
Terms are 12 to 36 months. A posting does not move employment. Households are never released before they are out of
poverty: pairings end only with a successor or a stable exit. Postings are ended, never deleted.
"""
