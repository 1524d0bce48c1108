"""What every test stands on: settings, data folder, Hypothesis profiles, the browser.

The database is the one that DATABASE_URL names, else SQLite in memory; `make test` runs both.
Everything that the product writes during a test goes to a temporary folder, never to the folder of
`make run`. Nothing is skipped: a test whose component is missing fails with the command that
installs it.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections import Counter
from typing import TYPE_CHECKING

import django
import hypothesis
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from tests.setup.libvirt import Hypervisor

# Before the settings are read: they make the folder and its secrets.
DATA_DIR = tempfile.mkdtemp(prefix="lumbung-tests-")
os.environ["LUMBUNG_DATA"] = DATA_DIR
os.environ["DJANGO_SETTINGS_MODULE"] = "dcim.settings"
os.environ["LUMBUNG_BOOK_AT"] = "off"  # a server that a test starts makes none by itself

# Soak: `make soak`, or `pytest --hypothesis-profile=soak`: 2,000 cases of each law, 400 of each
# sequence of writes. A soak must end within the hour, or nobody runs it to its end.
# Else the same cases in each run: one that fails by chance helps nobody who changes something else.
hypothesis.settings.register_profile("default", max_examples=60, deadline=None, derandomize=True)
hypothesis.settings.register_profile("ci", hypothesis.settings.get_profile("default"))
hypothesis.settings.register_profile("soak", max_examples=2_000, deadline=None, derandomize=False)
hypothesis.settings.load_profile("default")

# What runs there has run line by line in other tests. Coverage, which takes Python 3.11 as long
# again, looks away, as from single tests that ask the same of every kind: marked `no_cover`.
WITHOUT_COVERAGE = {"clients", "property"}
LARGE = 100  # tests in a file
WAITING_FOR_THE_DATABASE = {"db", "transactional_db", "live_server", "product"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take --database: only the tests that touch the database, for a second engine."""
    parser.addoption("--database", action="store_true", help="only tests that use the database")


def pytest_configure(config: pytest.Config) -> None:
    """Load the product's settings; quick hashes, since tests make many users."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # The live server's threads would hold theirs while the test database is dropped.
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
    django.setup()
    from tests.setup.serving import answer_at_once, look_for_static_files_once

    answer_at_once()
    look_for_static_files_once()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no folder behind."""
    shutil.rmtree(DATA_DIR, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by what they use and where; with --database drop what never asks the database.

    Files with slow tests go first and large ones next, so that at the end no worker waits for
    another's long one.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if item.path.parent.name in WITHOUT_COVERAGE:
            item.add_marker("no_cover")
    if config.getoption("database"):
        chosen = [item for item in items if touches_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    large = {path for path, count in Counter(item.path for item in items).items() if count > LARGE}
    items.sort(key=lambda item: (item.path not in slow, item.path not in large))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Spare the garbage collector what stays: 7,000 tests and the product, a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def touches_database(item: pytest.Item) -> bool:
    """Whether the test asks for the database, by its mark or by a fixture."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(
        fixtures & WAITING_FOR_THE_DATABASE
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """The test database; the change log, which only grows, is emptied between tests."""
    from tests.setup.emptying import let_flushes_empty_the_log

    let_flushes_empty_the_log()


@pytest.fixture(scope="session")
def hypervisor() -> Iterator[Hypervisor]:
    """A libvirt with real QEMU machines, the tests' own; holds the image debian-12, empty.

    Whoever makes something on it calls `clear()` at its end.
    """
    from provisioning.provider.on_libvirt import domains
    from tests.setup.libvirt import running_hypervisor

    domains.SHUTDOWN_SECONDS = 1  # nothing on an empty disk hears that it should stop
    with running_hypervisor() as running:
        running.add_image("debian-12")
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium, for the tests of one file.

    Playwright keeps an event loop running in this thread until it is stopped; a file that comes
    after in the same process may want to run its own.
    """
    from playwright.sync_api import sync_playwright

    from tests.setup import browser as chromium

    # The database is asked only between the loop's calls.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        launched = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.FLAGS
        )
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A fresh page on the running product; an error in the page's own scripts fails the test."""
    context = browser.new_context(
        base_url=live_server.url,
        locale="id-ID",
        timezone_id="Asia/Makassar",
        viewport={"width": 1280, "height": 900},
    )
    failures: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    context.close()
    assert failures == []
