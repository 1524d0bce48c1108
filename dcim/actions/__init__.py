"""Deeds: the only code that writes the record.

Each function does one thing that happens, in one transaction, and leaves its entries in the change
log there. Who may do it is asked at the doors (API, pages); what can't be is refused here.
"""
