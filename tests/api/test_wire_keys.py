"""Every object has the keys, and every list the filters, that NetBox's clients count on.

The table says what they count on beyond what all objects have: generated clients refuse an answer
without a key that they know as required, the inventory plugin indexes without looking, and the
modules compare what was asked with what comes back under the same name.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from rest_framework.test import APIClient

from api.derive import filter_set_for
from api.queries.filters import filters_in
from dcim.catalog import BY_KIND, BY_PATH
from dcim.record.equipment.devices import Interface, VirtualChassis
from dcim.record.equipment.power import PowerPort
from tests.factories import make

pytestmark = pytest.mark.django_db

EVERY: Final = "id url display_url display created last_updated"
RECORDED: Final = f"{EVERY} tags custom_fields description"
SLUGGED: Final = f"{RECORDED} name slug"
TREE: Final = f"{SLUGGED} parent _depth"
CABLED: Final = (
    f"{RECORDED} device module name label type mark_connected cable cable_end link_peers"
    " link_peers_type _occupied"
)
ENDPOINT: Final = (
    f"{CABLED} connected_endpoints connected_endpoints_type connected_endpoints_reachable"
)
TEMPLATE: Final = f"{EVERY} device_type module_type name label description"
COMMENTED: Final = "comments owner"

KEYS: Final[dict[str, str]] = {
    "extras/tags": f"{EVERY} name slug color description",
    "tenancy/tenants": f"{SLUGGED} {COMMENTED} group circuit_count device_count ipaddress_count"
    " prefix_count rack_count site_count virtualmachine_count vlan_count vrf_count cluster_count",
    "tenancy/tenant-groups": f"{TREE} tenant_count",
    "tenancy/contacts": f"{RECORDED} {COMMENTED} groups name title phone email address link",
    "tenancy/contact-groups": f"{TREE} contact_count",
    "tenancy/contact-roles": SLUGGED,
    "tenancy/contact-assignments": f"{EVERY} tags custom_fields object_type object_id object"
    " contact role priority",
    "dcim/regions": f"{TREE} site_count",
    "dcim/site-groups": f"{TREE} site_count",
    "dcim/sites": f"{SLUGGED} {COMMENTED} status region group tenant facility time_zone latitude"
    " longitude physical_address shipping_address asns circuit_count device_count prefix_count"
    " rack_count virtualmachine_count vlan_count",
    "dcim/locations": f"{TREE} site status tenant facility rack_count device_count",
    "dcim/manufacturers": f"{SLUGGED} devicetype_count platform_count",
    "dcim/device-roles": f"{TREE} color vm_role config_template device_count virtualmachine_count",
    "dcim/platforms": f"{TREE} manufacturer config_template device_count virtualmachine_count",
    "dcim/device-types": f"{RECORDED} {COMMENTED} manufacturer default_platform model slug"
    " part_number u_height is_full_depth exclude_from_utilization subdevice_role airflow weight"
    " weight_unit front_image rear_image device_count console_port_template_count"
    " console_server_port_template_count power_port_template_count power_outlet_template_count"
    " interface_template_count front_port_template_count rear_port_template_count"
    " device_bay_template_count module_bay_template_count inventory_item_template_count",
    "dcim/rack-roles": f"{SLUGGED} color rack_count",
    "dcim/racks": f"{RECORDED} {COMMENTED} name site location group status role tenant serial"
    " asset_tag facility_id rack_type width u_height starting_unit form_factor desc_units"
    " outer_width outer_height outer_depth outer_unit weight max_weight weight_unit mounting_depth"
    " airflow device_count powerfeed_count",
    "dcim/devices": f"{RECORDED} {COMMENTED} name device_type role tenant platform serial asset_tag"
    " site location rack position face latitude longitude parent_device status airflow primary_ip"
    " primary_ip4 primary_ip6 oob_ip cluster virtual_chassis vc_position vc_priority"
    " config_template config_context local_context_data console_port_count"
    " console_server_port_count power_port_count power_outlet_count interface_count"
    " front_port_count rear_port_count device_bay_count module_bay_count inventory_item_count",
    "dcim/interfaces": f"{ENDPOINT} vdcs enabled parent bridge bridge_interfaces lag mtu"
    " mac_address primary_mac_address mac_addresses speed duplex wwn mgmt_only mode rf_role"
    " rf_channel rf_channel_frequency rf_channel_width tx_power poe_mode poe_type untagged_vlan"
    " tagged_vlans qinq_svlan vlan_translation_policy wireless_link wireless_lans vrf"
    " l2vpn_termination count_ipaddresses count_fhrp_groups owner",
    "dcim/mac-addresses": f"{RECORDED} {COMMENTED} mac_address assigned_object_type"
    " assigned_object_id assigned_object is_primary",
    "dcim/virtual-chassis": f"{RECORDED} {COMMENTED} name domain master members member_count",
    "dcim/console-ports": f"{ENDPOINT} speed",
    "dcim/console-server-ports": f"{ENDPOINT} speed",
    "dcim/power-ports": f"{ENDPOINT} maximum_draw allocated_draw",
    "dcim/power-outlets": f"{ENDPOINT} status color power_port feed_leg",
    "dcim/front-ports": f"{CABLED} color positions rear_ports",
    "dcim/rear-ports": f"{CABLED} color positions front_ports",
    "dcim/device-bays": f"{RECORDED} device name label enabled installed_device _occupied",
    "dcim/module-bays": f"{RECORDED} device module name label position installed_module _occupied",
    "dcim/modules": f"{RECORDED} comments device module_bay module_type status serial asset_tag",
    "dcim/module-types": f"{RECORDED} comments manufacturer model part_number airflow weight"
    " weight_unit module_count profile attributes",
    "dcim/inventory-items": f"{RECORDED} device parent name label status role manufacturer part_id"
    " serial asset_tag discovered component_type component_id component _depth",
    "dcim/power-panels": f"{RECORDED} site location name powerfeed_count",
    "dcim/power-feeds": f"{RECORDED} power_panel rack name status type supply phase voltage"
    " amperage max_utilization mark_connected tenant cable cable_end link_peers link_peers_type"
    " connected_endpoints connected_endpoints_type connected_endpoints_reachable _occupied",
    "dcim/interface-templates": f"{TEMPLATE} type enabled mgmt_only bridge poe_mode poe_type"
    " rf_role",
    "dcim/power-port-templates": f"{TEMPLATE} type maximum_draw allocated_draw",
    "dcim/power-outlet-templates": f"{TEMPLATE} type color power_port feed_leg",
    "dcim/console-port-templates": f"{TEMPLATE} type",
    "dcim/console-server-port-templates": f"{TEMPLATE} type",
    "dcim/front-port-templates": f"{TEMPLATE} type color positions rear_ports",
    "dcim/rear-port-templates": f"{TEMPLATE} type color positions front_ports",
    "dcim/module-bay-templates": f"{TEMPLATE} position",
    "dcim/device-bay-templates": f"{EVERY} device_type name label description",
    "virtualization/cluster-types": f"{SLUGGED} cluster_count",
    "virtualization/cluster-groups": f"{SLUGGED} cluster_count",
    "virtualization/clusters": f"{RECORDED} {COMMENTED} name type group status tenant scope_type"
    " scope_id scope device_count virtualmachine_count allocated_vcpus allocated_memory"
    " allocated_disk",
    "virtualization/virtual-machines": f"{RECORDED} {COMMENTED} name status start_on_boot site"
    " cluster device serial role tenant platform primary_ip primary_ip4 primary_ip6 vcpus memory"
    " disk config_template config_context local_context_data virtual_machine_type interface_count"
    " virtual_disk_count",
    "virtualization/interfaces": f"{RECORDED} virtual_machine name enabled parent bridge mtu"
    " mac_address primary_mac_address mac_addresses mode untagged_vlan tagged_vlans qinq_svlan"
    " vlan_translation_policy vrf l2vpn_termination count_ipaddresses count_fhrp_groups owner",
    "virtualization/virtual-disks": f"{RECORDED} virtual_machine name size",
    "ipam/vrfs": f"{RECORDED} {COMMENTED} name rd tenant enforce_unique import_targets"
    " export_targets ipaddress_count prefix_count",
    "ipam/roles": f"{SLUGGED} weight prefix_count vlan_count",
    "ipam/vlan-groups": f"{SLUGGED} scope_type scope_id scope vid_ranges vlan_count utilization"
    " tenant",
    "ipam/vlans": f"{RECORDED} {COMMENTED} site group vid name tenant status role qinq_role"
    " qinq_svlan l2vpn_termination prefix_count",
    "ipam/prefixes": f"{RECORDED} {COMMENTED} family prefix vrf scope_type scope_id scope tenant"
    " vlan status role is_pool mark_utilized children _depth",
    "ipam/ip-addresses": f"{RECORDED} {COMMENTED} family address vrf tenant status role"
    " assigned_object_type assigned_object_id assigned_object nat_inside nat_outside dns_name",
    "ipam/services": f"{RECORDED} {COMMENTED} parent_object_type parent_object_id parent name"
    " protocol ports ipaddresses",
    "extras/custom-fields": f"{EVERY} object_types type related_object_type data_type name label"
    " group_name description required unique search_weight filter_logic ui_visible ui_editable"
    " is_cloneable default weight validation_minimum validation_maximum validation_regex choice_set"
    " comments owner",
    "extras/custom-field-choice-sets": f"{EVERY} name description base_choices extra_choices"
    " order_alphabetically choices_count owner",
    "extras/config-contexts": f"{EVERY} name weight description is_active regions site_groups sites"
    " locations device_types roles platforms cluster_types cluster_groups clusters tenant_groups"
    " tenants tags data",
    "extras/journal-entries": f"{EVERY} tags custom_fields assigned_object_type assigned_object_id"
    " assigned_object created_by kind comments",
    "core/object-changes": "id url display_url display time user user_name request_id action"
    " changed_object_type changed_object_id changed_object prechange_data postchange_data message",
}
PLACED: Final = "site site_id region region_id site_group site_group_id"
OWNED: Final = "tenant tenant_id tenant_group tenant_group_id"
OF_DEVICE: Final = f"name device device_id {PLACED} location_id rack_id tag"
FILTERS: Final[dict[str, str]] = {
    "dcim/sites": f"name slug status region region_id group group_id {OWNED} facility tag q",
    "dcim/locations": "name slug site site_id parent_id",
    "dcim/racks": f"name {PLACED} location location_id role status {OWNED}",
    "dcim/devices": f"name {PLACED} {OWNED} location location_id rack_id role role_id device_type"
    " device_type_id manufacturer manufacturer_id platform platform_id cluster_id cluster_group"
    " cluster_group_id status serial asset_tag has_primary_ip has_oob_ip mac_address position face"
    " virtual_chassis_id virtual_chassis_member parent_device_id model tag q created"
    " last_updated__gte",
    "dcim/interfaces": f"{OF_DEVICE} virtual_chassis_member virtual_chassis_member_id type"
    " mac_address cabled vrf vrf_id vlan_id",
    "dcim/console-ports": OF_DEVICE,
    "dcim/power-ports": OF_DEVICE,
    "dcim/module-bays": OF_DEVICE,
    "dcim/device-bays": OF_DEVICE,
    "dcim/inventory-items": f"{OF_DEVICE} parent_id ancestor_id serial component_type component_id",
    "dcim/modules": f"device_id {PLACED} manufacturer_id serial",
    "dcim/virtual-chassis": f"name domain master master_id {PLACED} tenant_id",
    "dcim/mac-addresses": "mac_address device_id interface_id vminterface_id assigned_object_type"
    " assigned_object_id",
    "dcim/interface-templates": "name device_type_id devicetype_id module_type_id moduletype_id",
    "dcim/device-bay-templates": "name device_type_id devicetype_id",
    "virtualization/clusters": f"name type type_id group group_id site site_id status {OWNED}",
    "virtualization/virtual-machines": f"name {PLACED} {OWNED} cluster cluster_id cluster_type"
    " cluster_group device device_id role platform status has_primary_ip mac_address",
    "virtualization/interfaces": "name virtual_machine virtual_machine_id mac_address vrf_id",
    "virtualization/virtual-disks": "name virtual_machine virtual_machine_id",
    "ipam/prefixes": "prefix vrf_id within within_include contains parent site site_id status"
    " scope_type scope_id",
    "ipam/ip-addresses": "address parent vrf_id device device_id virtual_machine"
    " virtual_machine_id interface_id vminterface_id assigned_to_interface dns_name",
    "ipam/services": "name port protocol device_id virtual_machine_id parent_object_type"
    " parent_object_id",
    "ipam/vlans": "name vid group group_id site site_id tenant_id",
}


@pytest.mark.once
@pytest.mark.parametrize("path", KEYS)
def test_an_object_has_the_keys_that_clients_count_on(api: APIClient, path: str) -> None:
    resource = BY_PATH[path]
    if resource.writable:
        make(resource.model)
    else:
        make(BY_KIND["dcim.site"].model)
    shown = api.get(f"/api/{path}/", {"limit": 1}).json()["results"][0]
    assert set(KEYS[path].split()) - set(shown) == set()


@pytest.mark.once
@pytest.mark.parametrize("path", FILTERS)
def test_a_list_has_the_filters_that_clients_send(path: str) -> None:
    known = filters_in(filter_set_for(BY_PATH[path]))
    assert set(FILTERS[path].split()) - set(known) == set()


def test_an_interface_inside_another_object_shows_its_cable(api: APIClient) -> None:
    a, b = make(Interface), make(Interface)
    lag = make(Interface, device=a.device, type="lag")
    member = make(Interface, device=a.device, lag=lag)
    _plug(api, lag, b)
    shown = api.get(f"/api/dcim/interfaces/{member.pk}/").json()["lag"]
    assert (shown["_occupied"], shown["cable"]["display"][0]) == (True, "#")
    free = api.get(f"/api/dcim/interfaces/{a.pk}/", {"brief": 1}).json()
    assert (free["_occupied"], free["cable"]) == (False, None)


def test_a_port_that_is_marked_as_connected_is_occupied(api: APIClient) -> None:
    inlet = make(PowerPort, mark_connected=True)
    outlet = {"device": inlet.device_id, "name": "1", "power_port": inlet.pk}
    shown = api.post("/api/dcim/power-outlets/", outlet, format="json").json()["power_port"]
    assert (shown["_occupied"], shown["cable"]) == (True, None)


def test_a_chassis_inside_a_device_counts_its_members(api: APIClient) -> None:
    device = make(BY_KIND["dcim.device"].model, virtual_chassis=make(VirtualChassis), vc_position=1)
    shown = api.get(f"/api/dcim/devices/{device.pk}/").json()["virtual_chassis"]
    assert (shown["member_count"], shown["master"]) == (1, None)


def _plug(api: APIClient, *ends: Any) -> None:
    sides = zip(("a_terminations", "b_terminations"), ends, strict=True)
    body = {side: [{"object_type": "dcim.interface", "object_id": one.pk}] for side, one in sides}
    assert api.post("/api/dcim/cables/", body, format="json").status_code == 201
