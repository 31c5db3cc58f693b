"""Access: who may do what where. The two doors and the wall behind them.

Read door: `Noun.objects.visible_to(actor)`; a scoped table read without it raises. Write door: `@command`. The wall is
row-level security in PostgreSQL: the app's role owns nothing, and each transaction says for whom it works. What a
person may not see does not exist: 404, never 403.
"""
