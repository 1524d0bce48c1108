"""Modules of netbox.netbox, one after another in one process.

    python -m tests.clients.warm_modules < tasks.json > results.json

A module is the collection's own file; its `main` reads arguments and prints its result as ever. A
playbook packs and starts a process for each, which takes many times what the module does.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout, suppress
from typing import Any, Final

from ansible.module_utils.testing import patch_module_args

MODULES: Final = "ansible_collections.netbox.netbox.plugins.modules"


def run(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The result of one module, which ends by leaving its program."""
    module = importlib.import_module(f"{MODULES}.{name.rpartition('.')[2]}")
    printed = io.StringIO()
    with suppress(SystemExit), patch_module_args(dict(arguments)), redirect_stdout(printed):
        module.main()
    result: dict[str, Any] = json.loads(printed.getvalue())
    return result


def run_all(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The result of each task, up to the first that fails."""
    results: list[dict[str, Any]] = []
    for task in tasks:
        ((name, arguments),) = task.items()
        results.append(run(name, arguments))
        if results[-1].get("failed"):
            break
    return results


if __name__ == "__main__":
    json.dump(run_all(json.load(sys.stdin)), sys.stdout)
