"""What a change asks of a machine that runs: a pure rule, for drivers and for previews.

More vCPUs and memory are given while it runs, up to the room that it was started with. A guest has
to help in giving some back, and many do not: for less, as for more than that room and for another
network, the machine is restarted.
"""

from __future__ import annotations

from provisioning.provider.specs import Plain, Properties, differs


def needs_restart(seen: Properties, wanted: Properties) -> bool:
    """Whether a machine seen so is restarted to become as wanted, if it runs before and after."""
    return (
        differs(seen, "network", wanted.get("network"))
        or not _is_within(seen.get("vcpus"), wanted.get("vcpus"), seen.get("vcpus_max"))
        or not _is_within(
            seen.get("memory_mib"), wanted.get("memory_mib"), seen.get("memory_max_mib")
        )
    )


def _is_within(now: Plain, wanted: Plain, most: Plain) -> bool:
    if now == wanted:
        return True
    if not (isinstance(now, int) and isinstance(wanted, int) and isinstance(most, int)):
        return False
    return now < wanted <= most
