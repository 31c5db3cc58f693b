"""The demonstration: believable rosters of one whole prefecture, written as Excel files from one seed and taken in like anybody's.

Words: a *plan* says how many of everything stand in which village, exactly; *rosters* are the files of `docs/fixture.md`; a
*round* is what one place decided of one tier in one batch. The figures of the article come out when the rows are counted; persons
are invented, and their ID numbers begin with codes that were never assigned. `loading` hands the files to the importer;
`programme` and `open_round` take the steps that clerks take between them, by the same commands. Nothing else here knows the
database.
"""
