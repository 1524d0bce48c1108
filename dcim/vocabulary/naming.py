"""What hypervisors take for names and ranges, and how what is recorded is named for them.

Rules of a plan, the planner and the provider's own check share these, so that no plan gets a name
that its last reader refuses.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from ipaddress import ip_network
from typing import Final

from dcim.vocabulary.choices import _

LONGEST_NAME: Final = 120
LONGEST_SLUG: Final = 64
NAME_WAY_OUT: Final = _("Use letters, digits, “.”, “-” and “_”, 120 at most.")  # LONGEST_NAME
RANGE_WAY_OUT: Final = _("Write a range like 10.64.10.0/24, without host bits.")

_NAME: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_NAME - 1}}}")


def is_allowed_name(text: str) -> bool:
    """Whether a machine, disk or network may be called `text`.

    >>> is_allowed_name("simpeg-web-1"), is_allowed_name("Server Web 01 (lama)")
    (True, False)
    """
    return _NAME.fullmatch(text) is not None


def is_allowed_range(text: str) -> bool:
    """Whether `text` is a network with addresses for machines: more than its two ends.

    >>> is_allowed_range("10.64.10.0/24"), is_allowed_range("10.64.10.1/32")
    (True, False)
    """
    try:
        return ip_network(text).num_addresses > 2
    except ValueError:
        return False


def slug(text: str) -> str:
    """`text` as lower-case letters, digits and single hyphens.

    >>> slug("B-715/DJAI.3 (2022)")
    'b-715-djai-3-2022'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def free_name(stem: str, taken: Container[str]) -> str:
    """`stem`, or with the first number from 2 that makes it free.

    >>> free_name("web", {"web", "web-2"})
    'web-3'
    """
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name


def target_stem(pool: str) -> str:
    """What the target of the cluster or grant of that name is called, a number at its end aside.

    >>> target_stem("PDR KVM"), target_stem("—")
    ('pdr-kvm', 'pool')
    """
    return slug(pool)[: LONGEST_SLUG - 4].strip("-") or "pool"


def allowed_names(recorded: Iterable[str]) -> list[str]:
    """For each recorded name one that is allowed, no two alike; the first of namesakes keeps it.

    >>> allowed_names(["web", "Web 2 (old)", "web", "web-2"])
    ['web', 'web-2-old', 'web-3', 'web-2']
    """
    whole = list(recorded)
    taken = {name for name in whole if is_allowed_name(name)}
    kept: set[str] = set()
    names: list[str] = []
    for name in whole:
        if name in taken and name not in kept:
            kept.add(name)
            names.append(name)
            continue
        names.append(free_name(_stem(name), taken))
        taken.add(names[-1])
    return names


def is_name_for(allowed: str, recorded: str) -> bool:
    """Whether `allowed_names` may call what is recorded as `recorded` so.

    >>> [is_name_for(name, "Web (old)") for name in ("web-old", "web-old-2", "web-older")]
    [True, True, False]
    """
    stem = _stem(recorded)
    rest = allowed.removeprefix(stem)
    return allowed == recorded or (
        allowed.startswith(stem) and (not rest or re.fullmatch(r"-\d+", rest) is not None)
    )


def _stem(name: str) -> str:
    return slug(name)[: LONGEST_NAME - 8].strip("-") or "unnamed"
