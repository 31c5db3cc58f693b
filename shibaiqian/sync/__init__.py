"""Sync: how a phone and the server speak (docs/sync.md): devices, the inbox of operations, photos, slices.

A device is one account in one role on one phone, known by an opaque token of which only a hash is kept. An operation is what
a person did on the phone; its id is unique, its raw row stands for good, and what it did was done by the same command as on
the console. What a phone was told is received is never lost and never doubled: the row, its effect and its answer are one
transaction, and the answer names the record's id and hash.
"""
