"""What says that a thing on a hypervisor is ours, and notes about it: pure functions on XML.

What we make carries a UUID and a MAC address derived from its name, so that the same plan always
makes the same thing. What others made and we took over keeps theirs; both carry an element in a
namespace of our own, which is the mark. It repeats the name: a clone carries the mark along, and is
not ours.
"""

from __future__ import annotations

import uuid
from hashlib import sha256
from typing import Final
from xml.etree import ElementTree as ET

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from provisioning.provider.driver import HypervisorFailed
from provisioning.provider.specs import DomainSpec, Kind

METADATA: Final = "urn:lumbung:vm:1"
PREFIX: Final = "lumbung"
TAGS: Final = ("app", "owner", "allocation")
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, METADATA)
_MARK: Final = f"{{{METADATA}}}vm"
ET.register_namespace(PREFIX, METADATA)


def uuid_of(kind: Kind, name: str) -> str:
    """The UUID that only we give to the thing of this kind and name."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{name}"))


def mac_of(name: str) -> str:
    """The MAC address that we give to the machine called `name`."""
    end = sha256(name.encode()).digest()[:3]
    return ":".join(["52", "54", "00", *(f"{byte:02x}" for byte in end)])


def notes_of(spec: DomainSpec) -> dict[str, str]:
    """What the mark of a machine says."""
    tags = {name: str(getattr(spec, name)) for name in TAGS}
    return {"name": spec.name, **tags, "addresses": " ".join(spec.addresses)}


def mark_xml(notes: dict[str, str]) -> str:
    """The mark alone, as libvirt wants to be told of it."""
    return ET.tostring(ET.Element("vm", notes), encoding="unicode")


def mark(root: ET.Element, notes: dict[str, str]) -> None:
    """Puts the mark, or its new notes, into the XML of a thing."""
    metadata = root.find("metadata")
    if metadata is None:
        metadata = ET.Element("metadata")
        root.insert(1, metadata)
    element = metadata.find(_MARK)
    if element is None:
        element = ET.SubElement(metadata, _MARK)
    element.attrib.clear()
    element.attrib.update(notes)


def notes_in(root: ET.Element) -> dict[str, str] | None:
    """What the mark says; None where there is none."""
    element = root.find(f"metadata/{_MARK}")
    return None if element is None else dict(element.attrib)


def refuse_foreign(xml: str, kind: Kind, name: str) -> None:
    """Raises: HypervisorFailed for what no run of ours made or took over."""
    root = ET.fromstring(xml)  # noqa: S314  # from the hypervisor that we drive
    is_marked = (notes_in(root) or {}).get("name") == name
    if root.findtext("uuid") != uuid_of(kind, name) and not is_marked:
        raise HypervisorFailed(
            tell(_("%(name)s was not made by us and is left alone."), name=name),
            field=kind.rpartition(":")[2],
            hint=_(
                "Give ours another name in the plan, or take it over: a plan that keeps it does."
            ),
        )
