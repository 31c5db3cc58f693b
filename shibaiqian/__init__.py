"""Shibaiqian (十百千): post, manage and appraise officials, follow poor households, prove what came of it."""
