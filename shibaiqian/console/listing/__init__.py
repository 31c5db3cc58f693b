"""One way to make a list page: what it lists, how it is sorted and filtered, its columns; page, print and Excel follow.

Filters ride in the URL and never hold personal data; names of persons are searched by POST. Pages go by key. The number of
queries does not depend on the rows: place names come in one query for the page. What is exported is what is filtered.
"""
