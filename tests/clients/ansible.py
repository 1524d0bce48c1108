"""Ansible as people run it: its programs in a folder of their own, against a running server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
LONGEST_S = 600


@dataclass(frozen=True, slots=True)
class Ansible:
    """Ansible's programs, a server to speak to, and a folder for files and caches."""

    url: str
    token: str
    folder: Path

    def inventory(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """What the inventory plugin makes of the server: hosts, their variables and groups."""
        told = {
            "plugin": "netbox.netbox.nb_inventory",
            "api_endpoint": self.url,
            "token": self.token,
            **options,
        }
        path = self._write("netbox.yml", told)
        printed = self._run(["ansible-inventory", "-i", path, "--list"])
        found: dict[str, Any] = json.loads(printed, object_hook=_without_marks)
        return found

    def play(self, tasks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The result of each task, in order; the play stops at the first that fails.

        A task is a module's name and its `data`; where the server is, is added.
        """
        play = {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "tasks": self._placed(tasks),
        }
        path = self._write("play.yml", [play])
        report = json.loads(self._run(["ansible-playbook", "-i", "localhost,", path]))
        return [task["hosts"]["localhost"] for task in report["plays"][0]["tasks"]]

    def run(self, tasks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """As `play`, by the modules alone, in one process: tens of times as quick."""
        command = [sys.executable, "-m", "tests.clients.warm_modules"]
        asked = json.dumps(self._placed(tasks))
        results: list[dict[str, Any]] = json.loads(self._run(command, asked, PYTHONPATH=str(ROOT)))
        assert not results[-1].get("failed"), (tasks[len(results) - 1], results[-1])
        return results

    def _placed(self, tasks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        place = {"netbox_url": self.url, "netbox_token": self.token}
        return [{name: {**place, **given} for name, given in task.items()} for task in tasks]

    def _write(self, name: str, content: object) -> str:
        path = self.folder / name
        path.write_text(yaml.safe_dump(content))
        return str(path)

    def _run(self, command: Sequence[str], told: str = "", **more: str) -> str:
        programs = Path(sys.executable).parent
        settings = {
            "HOME": str(self.folder),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_PIPELINING": "1",
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "1",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "ANSIBLE_LOCALHOST_WARNING": "0",
            **more,
        }
        done = subprocess.run(
            command, cwd=self.folder, env=settings, capture_output=True, text=True, check=False,
            timeout=LONGEST_S, input=told,
        )  # fmt: skip
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout


def _without_marks(value: dict[str, Any]) -> Any:
    """Ansible marks each text that came from outside by an object around it."""
    return value.get("__ansible_unsafe", value)
