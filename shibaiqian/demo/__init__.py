"""The demonstration: believable rosters of one whole prefecture, written as Excel files from one seed and taken in like anybody's.

Words: a *plan* says how many of everything stand in which village, exactly; *rosters* are the files of `docs/fixture.md`. The
figures of the article come out when the rows are counted; persons are invented, and their ID numbers begin with codes that were
never assigned. Nothing here knows the database; `loading` hands the files to the importer.
"""
