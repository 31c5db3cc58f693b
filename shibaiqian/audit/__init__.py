"""Audit: what was done, by whom, in which role, when by both clocks; append-only, sealed in a hash chain, verifiable.

An event is written in the transaction of the act it records. Refused acts are written after the rollback, in a transaction
of their own. Sealing hashes the stored canonical text of events below the transaction horizon, so that late commits are
never skipped. Proof of tampering holds for sealed rows, and against heads that were kept elsewhere.
"""
