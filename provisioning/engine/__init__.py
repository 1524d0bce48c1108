"""Runs the Pulumi engine on plan documents: preview, up, refresh, destroy, and a report of what
came of it.

It knows no database and no approval; who may apply what to a real hypervisor is the server's to
decide.
"""
