"""Takes the README's picture from the running product, on a fresh data folder with the sample.

python -m tests.setup.screenshot docs/images/home.png
python -m tests.setup.screenshot impact.png "/impact/?thing=rack:PDR-R01"
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.setup import browser
from tests.setup.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
START_S = 120
STOP_S = 20


@contextmanager
def running_product(data: Path) -> Iterator[str]:
    """The address of the product as `make run` starts it, its data in `data`."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "LUMBUNG_DATA": str(data)},
    )
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(STOP_S)


def signed_in_cookie(data: Path) -> str:
    """The session cookie of a signed-in first user."""
    os.environ.update(LUMBUNG_DATA=str(data), DJANGO_SETTINGS_MODULE="dcim.settings")
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(username="admin"))
    return client.cookies["sessionid"].value


def take(url: str, cookie: str, picture: Path) -> None:
    """Write what a person with a laptop sees at `url`."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.executable(), args=browser.FLAGS
        )
        context = chromium.new_context(
            viewport={"width": 1280, "height": 800}, locale="id-ID", timezone_id="Asia/Makassar"
        )
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])
        page = context.new_page()
        page.goto(url, wait_until="networkidle")
        page.screenshot(path=picture)
        chromium.close()


def main(arguments: Sequence[str]) -> int:
    """Take the picture of a page; the home page unless another is named."""
    if not 1 <= len(arguments) <= 2:
        raise SystemExit("Write the file of the picture, and a path if it is not the home page.")
    path = arguments[1] if len(arguments) == 2 else "/"
    with tempfile.TemporaryDirectory(prefix="lumbung-picture-") as folder:
        data = Path(folder)
        with running_product(data) as address:
            take(address + path, signed_in_cookie(data), Path(arguments[0]).resolve())
    return 0


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit("The product stopped before it answered; its own words are above.")
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"No answer at {address} within {START_S} s.")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
