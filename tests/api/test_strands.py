"""Ports of panels have as many positions as their strands need."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.actions import panels
from dcim.actions.panels import Strand
from dcim.record.equipment.devices import Device
from dcim.record.equipment.ports import FrontPort, PortMapping, RearPort
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ports() -> tuple[FrontPort, RearPort]:
    """Two strands from a front port to the last two of four positions of a rear port."""
    device = make(Device)
    rear = make(RearPort, device=device, positions=4)
    strands = [Strand(1, rear, 3), Strand(2, rear, 4)]
    row = {"device": device, "name": "f1", "positions": 2, "rear_ports": strands}
    return panels.create_many(FrontPort, [row], by=TESTER)[0], rear


def patch(api: APIClient, path: str, port: FrontPort | RearPort, **body: Any) -> Any:
    return api.patch(f"/api/dcim/{path}/{port.pk}/", body, format="json")


def test_a_port_keeps_the_positions_of_its_strands(
    api: APIClient, ports: tuple[FrontPort, RearPort]
) -> None:
    front, rear = ports
    for path, port, fewer in (("front-ports", front, 1), ("rear-ports", rear, 3)):
        answer = patch(api, path, port, positions=fewer)
        assert (answer.status_code, list(answer.json())) == (400, ["positions"])
        assert patch(api, path, port, positions=port.positions + 4).status_code == 200
        assert patch(api, path, port, positions=port.positions).status_code == 200


def test_a_port_has_fewer_positions_along_with_fewer_strands(
    api: APIClient, ports: tuple[FrontPort, RearPort]
) -> None:
    front, rear = ports
    left = [{"position": 1, "rear_port": rear.pk, "rear_port_position": 3}]
    answer = patch(api, "front-ports", front, positions=1, rear_ports=left)
    assert (answer.status_code, answer.json()["rear_ports"]) == (200, left)
    assert PortMapping.objects.count() == 1
    assert patch(api, "rear-ports", rear, positions=3).status_code == 200


def test_strands_that_do_not_fit_leave_those_that_are_there(
    api: APIClient, ports: tuple[FrontPort, RearPort]
) -> None:
    front, rear = ports
    wrong = [{"position": 1, "rear_port": rear.pk, "rear_port_position": 9}]
    answer = patch(api, "front-ports", front, rear_ports=wrong)
    assert (answer.status_code, list(answer.json())) == (400, ["rear_ports"])
    assert PortMapping.objects.count() == 2
