"""The command that plans many regencies, as people run it: stopped by Ctrl-C in the middle."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dcim.planning.document import parse
from dcim.planning.snapshot import encode
from tests.nations import regency
from tests.served import ROOT

CEILING = "vcpus=300,memory=700GiB,storage=9TiB"


@pytest.mark.slow
def test_ctrl_c_while_all_threads_solve_keeps_the_best_so_far(tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"r{number}.json").write_bytes(encode(regency(number, idle=94)))
    command = [sys.executable, "manage.py", "plan_regencies", str(tmp_path), "--threads", "4"]
    command += ["--ceiling", CEILING, "--output", str(tmp_path / "plans")]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while "1:" not in process.stderr.readline():  # the first round of bids
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.stderr.read()
    assert process.returncode == 0
    told = json.loads((tmp_path / "plans" / "regencies.json").read_text())
    assert told["is_complete"] is False
    plans = sorted((tmp_path / "plans").glob("*.plan.json"))
    assert [parse(one.read_bytes()).digest for one in plans] == [
        one["digest"] for one in told["regencies"]
    ]
