"""Closed lists of networks and of what is offered on them."""

from __future__ import annotations

from dcim.vocabulary.choices import Choices, _


class VlanStatus(Choices):
    """NetBox: VLANs."""

    ACTIVE = "active", _("Active")
    RESERVED = "reserved", _("Reserved")
    DEPRECATED = "deprecated", _("Deprecated")


class PrefixStatus(Choices):
    """NetBox: prefixes."""

    CONTAINER = "container", _("Container")
    ACTIVE = "active", _("Active")
    RESERVED = "reserved", _("Reserved")
    DEPRECATED = "deprecated", _("Deprecated")


class IpAddressStatus(Choices):
    """NetBox: IP addresses."""

    ACTIVE = "active", _("Active")
    RESERVED = "reserved", _("Reserved")
    DEPRECATED = "deprecated", _("Deprecated")
    DHCP = "dhcp", _("DHCP")
    SLAAC = "slaac", _("SLAAC")


class IpAddressRole(Choices):
    """NetBox: functions of an IP address."""

    LOOPBACK = "loopback", _("Loopback")
    SECONDARY = "secondary", _("Secondary")
    ANYCAST = "anycast", _("Anycast")
    VIP = "vip", _("VIP")
    VRRP = "vrrp", _("VRRP")
    HSRP = "hsrp", _("HSRP")
    GLBP = "glbp", _("GLBP")
    CARP = "carp", _("CARP")


class ServiceProtocol(Choices):
    """NetBox: transport of a service."""

    TCP = "tcp", _("TCP")
    UDP = "udp", _("UDP")
    SCTP = "sctp", _("SCTP")


class BootStart(Choices):
    """NetBox: whether a machine starts with its host."""

    ON = "on", _("On")
    OFF = "off", _("Off")
    LAST_STATE = "laststate", _("Last State")
