"""In which order apps come up: what others need first, a cycle all at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def steps(codes: Collection[str], needs: Mapping[str, Collection[str]]) -> dict[str, int]:
    """The step of each of `codes`, from 1: after everything among them that it needs.

    Args:
        codes: apps to bring up.
        needs: per app the apps it needs; those not among `codes` are up already.

    Notes: apps that need each other (a cycle) share a step. A search per app, O(V x (V + E)): meant
    for the apps of one regency.

    >>> steps(["PJU", "APIGW", "PING", "PONG"],
    ...       {"PJU": ["APIGW", "DNS"], "PING": ["PONG"], "PONG": ["PING", "PJU"]})
    {'APIGW': 1, 'PING': 3, 'PJU': 2, 'PONG': 3}
    """
    reach = {code: _reachable(code, codes, needs) for code in codes}
    found: dict[str, int] = {}
    for code in sorted(codes, key=lambda code: (len(reach[code]), code)):
        below = [found[one] for one in reach[code] if code not in reach[one]]
        found[code] = 1 + max(below, default=0)
    return dict(sorted(found.items()))


def _reachable(code: str, among: Collection[str], needs: Mapping[str, Collection[str]]) -> set[str]:
    """What `code` needs, directly or not, without itself."""
    seen, waiting = {code}, [code]
    while waiting:
        fresh = {one for one in needs.get(waiting.pop(), ()) if one in among} - seen
        seen |= fresh
        waiting.extend(fresh)
    return seen - {code}
