"""A native Pulumi provider for virtual machines, their volumes and networks on a hypervisor.

It speaks with hypervisors through a `Driver` and knows nothing of apps or plans: that is the
program's.
"""
