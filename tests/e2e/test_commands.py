"""The commands as people and CI run them: output, exit codes, one line for every refusal."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.request import urlopen

import networkx as nx
import pytest
from pypdf import PdfReader

from dcim.planning.document import parse

ROOT = Path(__file__).resolve().parents[2]
UNREACHABLE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}


def environment(folder: Path, **extra: str) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**given, "LUMBUNG_DATA": str(folder), "LUMBUNG_LANGUAGE": "en", **extra}


def manage(
    folder: Path, *command: str, extra: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment(folder, **(extra or {})),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds the sample."""
    data = tmp_path_factory.mktemp("data")
    assert manage(data, "migrate", "--skip-checks").returncode == 0
    loaded = manage(data, "load_sample", "paser")
    assert "43 offices, 94 apps, 14 hosts, 139 machines." in loaded.stdout, loaded.stderr
    return data


def test_impact_names_who_is_hit_and_why(folder: Path) -> None:
    told = manage(folder, "impact", "rack:PDR-R01")
    assert told.returncode == 0
    assert told.stdout.startswith("rack:PDR-R01 fails: 12 apps stop, 22 go on with less to spare.")
    assert "vm:simpeg-app-1 ← host:PDR-H02 ← rack:PDR-R01" in told.stdout
    assert "Can be restored: " in told.stdout


def test_impact_as_json_has_stable_keys(folder: Path) -> None:
    told = json.loads(manage(folder, "impact", "rack:PDR-R01", "rack:PDR-R02", "--json").stdout)
    assert told["failed"] == ["rack:PDR-R01", "rack:PDR-R02"]
    assert {"serial", "apps_down", "apps_degraded", "idle_apps", "things_down"} <= set(told)
    assert "DBC" in {app["code"] for app in told["apps_down"]}


def test_explain_says_why_and_what_the_loss_does(folder: Path) -> None:
    told = manage(folder, "explain", "SIMPEG", "rack:PDR-R01")
    assert "SIMPEG rests on rack:PDR-R01 and stops without it." in told.stdout
    why = json.loads(manage(folder, "explain", "SIMPEG", "app:OPAC", "--json").stdout)
    assert (why["rests"], why["effect"], why["chains"]) == (False, "up", [])


def test_requirements_are_a_tree_that_marks_what_stops_the_app_alone(folder: Path) -> None:
    lines = manage(folder, "requirements", "SIMPEG").stdout.splitlines()
    assert lines[0] == "  app:SIMPEG"
    assert any(line.startswith("! ") and line.endswith("rack:PDR-R01") for line in lines)
    told = json.loads(manage(folder, "requirements", "app:SIMPEG", "--json").stdout)
    assert lines[-1] == f"! stops the app alone: {len(told['single_points_of_failure'])} things."
    assert told["layers"][0][0]["id"] == "app:SIMPEG"


def test_a_part_of_the_graph_is_written_for_networkx(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "simpeg.graphml"
    told = manage(folder, "graph", "app:SIMPEG", "--as", "graphml", "--output", str(file))
    read = nx.read_graphml(file)
    assert f"{file}: {len(read)} nodes at serial" in told.stdout
    assert nx.has_path(read, "app:SIMPEG", "rack:PDR-R01")
    shown = json.loads(manage(folder, "graph", "app:SIMPEG").stdout)
    assert set(nx.node_link_graph(shown)) == set(read)
    drawn = manage(folder, "graph", "app:SIMPEG", "--as", "svg").stdout
    assert ">SIMPEG<" in drawn
    assert drawn.startswith("<svg ")


def test_order_stops_apps_first_and_the_rack_last(folder: Path) -> None:
    told = manage(folder, "order", "rack:PDR-R01", "--stop").stdout
    assert told.startswith("Stop what rests on rack:PDR-R01, then the thing itself:")
    assert told.index("app:SIMPEG") < told.index("vm:simpeg-app-1") < told.index("host:PDR-H02")
    waves = json.loads(manage(folder, "order", "app:SIMPEG", "--json").stdout)["waves"]
    assert waves[-1] == [{"things": ["app:SIMPEG"], "together": False, "stands": False}]


def test_maintenance_moves_what_has_a_place(folder: Path) -> None:
    window = ("--from", "2026-12-01T20:00", "--until", "2026-12-01T22:00")
    told = manage(folder, "maintenance", "rack:PDR-R01", *window).stdout
    assert told.startswith("rack:PDR-R01 out: 0 apps stop, 12 go on once moved, 22 go on with less")
    assert "simpeg-app-1 is moved to cluster:PDR-KVM" in told


def test_the_graph_of_the_sample_is_sound(folder: Path) -> None:
    told = manage(folder, "check_graph")
    assert (told.returncode, told.stdout) == (0, "Nothing is found: the graph is sound.\n")


def test_a_plan_from_a_snapshot_is_the_one_from_the_record(folder: Path, tmp_path: Path) -> None:
    snapshot, here, there = (tmp_path / name for name in ("s.json", "here.json", "there.json"))
    assert manage(folder, "snapshot", str(snapshot)).returncode == 0
    assert manage(folder, "plan", "--output", str(here)).returncode == 0
    command = ("plan", "--from", str(snapshot), "--output", str(there))
    assert manage(tmp_path / "none", *command, extra=UNREACHABLE).returncode == 0
    assert here.read_bytes() == there.read_bytes()
    assert len(parse(here.read_bytes()).apps) == 94


def test_storing_a_plan_does_not_make_it_old(folder: Path) -> None:
    first, second = (json.loads(manage(folder, "plan", "--json").stdout) for _ in range(2))
    assert first == second


def test_the_plan_tells_totals_and_a_reason_for_each_of_the_31(folder: Path) -> None:
    told = json.loads(manage(folder, "plan", "--json", "--stance", "blockers-cured").stdout)
    assert len(told["apps"]) == 31
    assert all(app["reason"] for app in told["apps"])
    assert told["totals"]["asked"]["amounts"]["MEMORY_MIB"] == 40 * 1024
    assert told["totals"]["reclaimed"]["machines"] == 12
    assert "revive once granted" in manage(folder, "plan", "--stance", "blockers-cured").stdout


def test_the_emergency_book_holds_the_figures_of_the_sample(folder: Path, tmp_path: Path) -> None:
    told = manage(folder, "emergency_book", "--to", str(tmp_path), "--by", "uji")
    assert told.returncode == 0, told.stderr
    book = json.loads(manage(folder, "emergency_book", "--json").stdout)
    hit = json.loads(manage(folder, "impact", "rack:PDR-R01", "--json").stdout)
    (rack,) = (one for one in book["racks"] if one["thing"] == "rack:PDR-R01")
    assert rack["apps_down"] == [app["code"] for app in hit["apps_down"]]
    (html,), (pdf,) = (list(tmp_path.glob(f"*.{kind}")) for kind in ("html", "pdf"))
    line = f"12 apps stop: {', '.join(rack['apps_down'])}"
    assert line in html.read_text()
    # Lines break within names too.
    pages = (page.extract_text() for page in PdfReader(pdf).pages)
    assert "".join(line.split()) in "".join("".join(pages).split())
    assert book["digest"] in told.stdout


def test_the_server_makes_the_book_of_a_night_once(folder: Path) -> None:
    (folder / "emergency-book" / "last.json").unlink(missing_ok=True)
    look = "from dcim.management.nightly import make_if_due; print(make_if_due(), make_if_due())"
    command = ("shell", "--no-imports", "--command", look)
    told = manage(folder, *command, extra={"LUMBUNG_BOOK_AT": "00:00"})
    assert told.stdout.split() == ["True", "False"], told.stderr
    last = json.loads((folder / "emergency-book" / "last.json").read_text())
    assert (last["made_by"], last["trouble"]) == ("every night", "")


BAD_COMMANDS = [
    (("impact", "rack:PDR-R99"), "Did you mean"),
    (("impact", "PDR-R01"), "KIND:NAME"),
    (("impact", "shelf:PDR-R01"), "Known kinds"),
    (("impact",), "KIND:NAME"),
    (("explain", "NOPE", "rack:PDR-R01"), "NOPE"),
    (("requirements", "NOPE"), "NOPE"),
    (("graph", "rack:PDR-R99"), "Did you mean"),
    (("graph", "everything"), "tenant:SLUG"),
    (("graph", "region:atlantis"), "atlantis"),
    (("graph", "all", "--as", "pdf"), "graphml"),
    (("graph", "app:SIMPEG", "--output", "/nowhere/g.json"), "can't be written"),
    (("order", "rack:PDR-R99"), "Did you mean"),
    (("maintenance", "rack:PDR-R01", "--from", "2026-12-01", "--until", "2026-12-01"), "until"),
    (("compare_plan", "--plan", "none"), "./manage.py plan"),
    (("order", "app:SIMPEG", "--scope", "beside"), "above"),
    (("plan", "--from", "/nowhere/s.json"), "can't be read"),
    (("plan", "--from", "manage.py"), "snapshot FILE"),
    (("plan", "--stance", "wishes"), "as-declared"),
    (("plan", "--output", "/nowhere/p.json"), "can't be written"),
    (("snapshot", "/nowhere/s.json"), "can't be written"),
    (("load_sample", "paser"), "empty record"),
    (("load_sample", "atlantis"), "paser"),
    (("import_register",), "--offices FILE"),
    (("import_register", "--apps", "/nowhere.csv"), "can't be read"),
    (("import_register", "--apps", "dcim/sample_data/paser_apps.csv"), "row 1, code"),
    (("token", "nobody"), "nobody"),
    (("emergency_book", "--html-only", "--to", "/nowhere"), "a folder that is there"),
    (("emergency_book", "--html-only", "--to", "http://example.com/"), "https://HOST/PATH"),
    (("serve", "--port", "0"), "not a port"),
    (("serve", "--port", "many"), "invalid int"),
]


@pytest.mark.parametrize(("command", "way_out"), BAD_COMMANDS)
def test_bad_input_is_one_line_on_stderr_with_exit_code_1(
    folder: Path, command: tuple[str, ...], way_out: str
) -> None:
    told = manage(folder, *command)
    assert (told.returncode, told.stderr.count("\n")) == (1, 1), told.stderr
    assert way_out in told.stderr
    assert "Traceback" not in told.stderr + told.stdout


def test_a_database_that_does_not_answer_is_told_on_one_line(tmp_path: Path) -> None:
    told = manage(tmp_path, "impact", "rack:PDR-R01", extra=UNREACHABLE)
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert "DATABASE_URL" in told.stderr


BAD_SETTINGS = {
    "LUMBUNG_DATA": "/proc/none",
    "DATABASE_URL": "foo",
    "LUMBUNG_DEBUG": "maybe",
    "LUMBUNG_BOOK_AT": "midnight",
    "LUMBUNG_BOOK_KEEP": "0",
}


@pytest.mark.parametrize("setting", BAD_SETTINGS)
def test_a_setting_that_cannot_be_used_is_told_on_one_line(tmp_path: Path, setting: str) -> None:
    told = manage(tmp_path, "impact", "app:X", extra={setting: BAD_SETTINGS[setting]})
    assert (told.returncode, told.stderr.count("\n")) == (1, 1), told.stderr
    assert told.stderr.startswith(f"{setting}: ")


def test_an_empty_database_is_told_on_one_line(tmp_path: Path) -> None:
    told = manage(tmp_path, "plan")
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert "./manage.py migrate" in told.stderr


class Served:
    """A running `serve`: what it has said until it answered, and its address."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(self.port)],
            cwd=ROOT,
            env=environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.told = "".join(self._until_ready())

    def _until_ready(self) -> Iterator[str]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield line
            if f":{self.port}" in line:
                return

    def status_of(self, path: str) -> int:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return int(answer.status)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        self.told += self.process.communicate(timeout=60)[0]
        return self.process.returncode


@pytest.mark.slow
def test_the_first_start_prepares_everything_and_a_later_one_nothing(tmp_path: Path) -> None:
    first = Served(tmp_path)
    assert (first.status_of("/"), first.stop()) == (200, 0)
    assert "rack:PDR-R01 fails: 12 apps stop" in first.told
    assert "Asked of pdn" in first.told
    assert first.told.count("shown once") == 2
    second = Served(tmp_path)
    assert (second.status_of("/"), second.stop()) == (200, 0)
    assert second.told.splitlines() == [
        f"Lumbung answers on http://127.0.0.1:{second.port} — Ctrl-C stops it."
    ]
    token = manage(tmp_path, "token", "admin")
    assert (token.returncode, token.stdout[:4], len(token.stdout.split())) == (0, "nbt_", 1)


def test_a_port_in_use_is_told_with_another_one(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        told = manage(folder, "serve", "--port", str(taken.getsockname()[1]))
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert "make run PORT=" in told.stderr
