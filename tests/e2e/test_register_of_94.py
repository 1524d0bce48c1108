"""The size of a regency's register on libvirt's test driver: 94 apps, of which 63 run today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from dcim.planning.document import Change, as_is
from provisioning.engine.report import Action, Counts, Op
from provisioning.engine.run import run
from provisioning.engine.state.workspace import QUICK
from provisioning.provider.on_libvirt import connection as libvirt_connection
from tests.plan_documents import app_vms, document, target

pytestmark = [pytest.mark.engine, pytest.mark.slow]

URI = "test:///default"
RUN, COME_BACK, GO = 63, 31, 20


@pytest.fixture(autouse=True)
def quick(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A hypervisor of the test's own: what is not killed needs no state of each step."""
    libvirt_connection.close_connection(URI)  # with what other tests of this process left there
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path_factory.mktemp("data")))
    for name, value in QUICK.items():
        monkeypatch.setenv(name, value)
    yield
    libvirt_connection.close_connection(URI)


def test_94_apps_are_previewed_made_and_twenty_of_them_reclaimed() -> None:
    running = app_vms(RUN, Change.KEEP)
    back = app_vms(COME_BACK, Change.CREATE, first=RUN)
    plan = document(target(hypervisor=URI, vms=running + back))

    preview = run(plan, Action.PREVIEW)
    assert preview.targets[0].based_on_as_is
    assert preview.counts == Counts(create=2 * COME_BACK, same=2 * RUN + 1)
    done = [replace(step, outcome="") for step in run(plan, Action.UP).targets[0].steps]
    assert done == list(preview.targets[0].steps)
    assert run(plan, Action.PREVIEW).counts == Counts(same=2 * (RUN + COME_BACK) + 1)

    all_run = [replace(vm, change=Change.KEEP) for vm in plan.targets[0].vms]
    fewer = as_is(document(target(hypervisor=URI, vms=tuple(all_run[:-GO]))))
    reclaim = run(fewer, Action.UP)
    assert reclaim.counts == Counts(delete=2 * GO, same=2 * (RUN + COME_BACK - GO) + 1)
    assert {step.app for step in reclaim.steps(Op.DELETE)} == {vm.app for vm in all_run[-GO:]}
    assert len(libvirt_connection.open_connection(URI).listAllDomains()) == 94 - GO + 1  # its own
    assert run(fewer, Action.REFRESH).exit_code == 0
