"""Reading XML of a hypervisor so that it can be written again as it was."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Final
from xml.etree import ElementTree as ET

_PREFIXES: Final = threading.Lock()  # Python keeps one list of them
_RESERVED: Final = re.compile(r"ns\d+|xml.*")


@contextmanager
def editing(xml: str) -> Iterator[ET.Element]:
    """The root of `xml`, to be changed and written in the block.

    Notes: elements of others keep their prefixes. Python would invent some; that means the same,
    but tools and people look for those they know.
    """
    with _PREFIXES:
        for _, (prefix, uri) in ET.iterparse(StringIO(xml), ["start-ns"]):  # noqa: S314  # as below
            if prefix and not _RESERVED.fullmatch(prefix):
                ET.register_namespace(prefix, uri)
        yield ET.fromstring(xml)  # noqa: S314  # from the hypervisor that we drive
