"""Cadres: the register of officials, their resumes and promotions.

Employment, wage and final appraisal stay with the sending unit, whoever hosts the person. A cadre's row carries the region
of the unit, the region of the host while posted, and the unit, because each of the three may see it.
ID numbers and telephones stand in a side table with a wall of its own.
"""
