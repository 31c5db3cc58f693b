"""Reports: frozen snapshots and the documents made from them. The bulletin (工作简报) is the first.

A figure reported in June stays reproducible: a snapshot keeps the values, the scope, the day and the hash of its data.
"""
