"""What people in offices see: the desk, lists, the file of everything, one page on any village, search, the official's own page.

Pages ask `queries` of the contexts below and call one command each; nothing here writes by itself. A list is declared in
`lists.py` and made by `listing/`; reads that only a page needs stand in `queries.py`.
"""
