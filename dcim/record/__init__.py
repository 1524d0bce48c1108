"""The record: one Django app's models, one file per family.

Holds what is stored and which states can't exist (constraints, `clean`). It knows nothing of who
asks or shows; every write comes from `dcim.actions`.
"""
