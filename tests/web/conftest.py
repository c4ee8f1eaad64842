"""The company of `cast`, one signed-in client per role, and a browser."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.fixtures import Settings

from emailketing.sources.reading.pulse import forget_all
from tests.snapshot import Moment, Snapshot
from tests.sources.station import recognise
from tests.web import attached, cast

CHROMIUM = os.environ.get("EMAILKETING_TEST_CHROMIUM", "/usr/bin/chromium")


@pytest.fixture(autouse=True)
def own_home(settings: Settings, tmp_path: Path) -> None:
    """Attachments and the worker's beat are this test's own."""
    settings.HOME, settings.ATTACHMENTS = tmp_path, tmp_path / "attachments"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


MOMENT = Moment()


def people(_folder: Path, _now: datetime) -> dict[str, Any]:
    cast.company()
    return cast.users()


def whole_company(_folder: Path, now: datetime) -> dict[str, Any]:
    return cast.everything(now)


STAFF, STORY = Snapshot(people), Snapshot(whole_company)
STATION = Snapshot(attached.station, let_go=forget_all)


@pytest.fixture
def now() -> datetime:
    """Pages compare with the clock: at most two minutes ago, too long for a sign of life."""
    return MOMENT.now()


@pytest.fixture
def story(db: None, now: datetime, settings: Settings) -> dict[str, Any]:
    """The whole company with its papers of two weeks."""
    settings.ATTACHMENTS = STORY.folder / "attachments"
    return STORY.put(now)


@pytest.fixture
def staff(db: None, now: datetime) -> dict[str, Any]:
    return STAFF.put(now)


@pytest.fixture
def signed_in(request: pytest.FixtureRequest) -> Callable[[str], Client]:
    """A client signed in with a role; the users come with `story` or `staff`."""
    from emailketing.accounts.models import User

    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=role))
        return client

    return sign_in


@pytest.fixture(scope="module")  # its loop must not stay for the tests of other modules
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).is_file():
        pytest.skip("needs Chromium")
    # Playwright runs a loop in this thread; Django would then refuse the database of the test
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="es-PY", timezone_id="America/Asuncion")
    yield context.new_page()
    context.close()


@pytest.fixture
def station(db: None, now: datetime, settings: Settings) -> attached.Station:
    """The service station's own database, attached and installed, with one rule."""
    settings.HOME, settings.ATTACHMENTS = STATION.folder, STATION.folder / "attachments"
    found = STATION.put(now)
    recognise(found.source)
    return found
