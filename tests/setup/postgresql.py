"""A PostgreSQL of the tests' own: made in a temporary folder, gone with the command that it serves.

    python -m tests.setup.postgresql pytest --database

runs the command with DATABASE_URL set. No server of the machine is touched; nothing is written
safely to disk (fsync off), since the data live as long as the command.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.setup.ports import free_port

OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "listen_addresses": "127.0.0.1",
}


def programs() -> Path | None:
    """The folder with initdb and pg_ctl: Debian's newest version, else the one on PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def running_cluster() -> Iterator[str]:
    """The DATABASE_URL of a cluster that stops and disappears at the end of the block."""
    bin_dir = programs()
    if bin_dir is None:
        raise SystemExit("No PostgreSQL found. Run: make test-setup")
    with tempfile.TemporaryDirectory(prefix="lumbung-pg-", ignore_cleanup_errors=True) as folder:
        data = _folder_for_the_server(Path(folder))
        port = free_port()
        _run([bin_dir / "initdb", "-D", data, "-U", "lumbung", "-A", "trust", "-E", "UTF8",
              "--no-sync", "--locale=C.UTF-8"])  # fmt: skip
        settings = " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())
        _run([bin_dir / "pg_ctl", "-D", data, "-w", "-l", data / "server.log", "-o",
              f"-p {port} -k {data} {settings}", "start"])  # fmt: skip
        try:
            yield f"postgresql://lumbung@127.0.0.1:{port}/postgres"
        finally:
            _run([bin_dir / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])


def main(command: Sequence[str]) -> int:
    """Run `command` against a fresh cluster; its exit code is ours."""
    if not command:
        raise SystemExit("Write the command that needs PostgreSQL, for example: pytest --database")
    with running_cluster() as url:
        return subprocess.run(
            command, env={**os.environ, "DATABASE_URL": url}, check=False
        ).returncode


def _folder_for_the_server(folder: Path) -> Path:
    """A data folder owned by whom the server may run as."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        postgres = pwd.getpwnam("postgres")
        folder.chmod(0o711)
        os.chown(data, postgres.pw_uid, postgres.pw_gid)
    return data


def _run(command: Sequence[str | Path]) -> None:
    """Run a program of PostgreSQL's; it refuses to run as root, so root takes its user's place."""
    user = "postgres" if os.geteuid() == 0 else None
    # Not captured by pipes: the server would keep them open.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, user=user, cwd="/", check=False,
        )  # fmt: skip
        output.seek(0)
        if done.returncode != 0:
            raise SystemExit(f"{Path(command[0]).name} failed:\n{output.read()}")


def _version(initdb: Path) -> int:
    return int(initdb.parent.parent.name)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
