"""The shell: sign-in, language, banners, health, nothing from outside."""

import html
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from emailketing.accounts.models import AuditEntry, User
from emailketing.company.beat import give_beat
from emailketing.company.models import INSTALLATION, Company, SafeMode
from tests.web import cast

SignIn = Callable[[str], Client]


def beat(name: str) -> None:
    """Give a sign of life, as the worker does: what is 45 seconds old is none."""
    give_beat(name, 0, timezone.now())  # noqa: TID251


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


@pytest.mark.django_db
def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/")


@pytest.mark.django_db
def test_the_sign_in_page_speaks_the_companys_language(client: Client) -> None:
    cast.company()
    assert '<html lang="es"' in text_of(client, "/login/")
    Company.objects.update(language="pt")
    assert '<html lang="pt"' in text_of(client, "/login/")


def test_signing_in_and_failing_to_are_noted(client: Client, staff: dict[str, Any]) -> None:
    client.post("/login/", {"username": "operator", "password": "wrong"})
    client.post("/login/", {"username": "operator", "password": cast.PASSWORD})
    noted = list(AuditEntry.objects.order_by("pk").values_list("action", "username", "came_from"))
    assert noted == [
        ("sign_in_failed", "operator", "127.0.0.1"),
        ("signed_in", "operator", "127.0.0.1"),
    ]


def test_the_user_chooses_the_language_and_keeps_it(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("reader")
    assert '<html lang="es"' in text_of(client, "/")
    client.post("/account/language/", {"language": "pt", "next": "/inbox/"})
    assert '<html lang="pt"' in text_of(client, "/")
    assert User.objects.get(username="reader").language == "pt"


def test_the_language_switch_sends_nobody_elsewhere(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    answer = signed_in("reader").post(
        "/account/language/", {"language": "en", "next": "https://elsewhere.test/"}
    )
    assert answer.headers["Location"] == "/"


def test_every_page_says_that_it_is_test_mode_until_live(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("reader")
    for path in ("/", "/outbox/message/", "/inbox/"):
        assert "ek-banner--warn" in text_of(client, path)
    Company.objects.update(is_live=True)
    assert "ek-banner--warn" not in text_of(client, "/inbox/")


def test_every_page_says_that_everything_is_stopped(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("reader")
    assert "front_hand" not in text_of(client, "/inbox/")
    Company.objects.update(is_stopped=True)
    assert "front_hand" in text_of(client, "/inbox/")


def test_every_page_says_that_the_worker_is_not_running(
    staff: dict[str, Any], signed_in: SignIn, settings: Settings
) -> None:
    client = signed_in("reader")
    assert "emailketing serve" in text_of(client, "/inbox/")
    assert "El envío no está en marcha" not in text_of(client, "/inbox/")
    assert "No se lee ni se envía nada." in text_of(client, "/inbox/")
    beat("worker")
    assert "El envío no está en marcha" in text_of(client, "/inbox/")
    beat("sending")
    Path(settings.HOME, "worker.beat").unlink()
    assert "No se lee ni se decide nada." in text_of(client, "/inbox/")  # what is queued leaves
    beat("worker")
    assert "No se hacen los informes" in text_of(client, "/inbox/")
    beat("reports")
    assert "heart_broken" not in text_of(client, "/inbox/")


def test_c20_safe_mode_is_on_every_page_and_only_an_administrator_ends_it(
    staff: dict[str, Any], signed_in: SignIn, now: datetime
) -> None:
    mode = SafeMode.objects.create(
        scope=INSTALLATION, registered={"inode": "1"}, found={"inode": "2"}, since=now
    )
    address = f"/safe-mode/{mode.pk}/"
    for role in ("reader", "operator"):
        client = signed_in(role)
        assert f'href="{address}"' in text_of(client, "/inbox/")
        assert '<td class="ek-mono ek-strong"' in text_of(client, address)
        assert client.post(address, {"reason": "moved"}).status_code == 403
    administrator = signed_in("administrator")
    administrator.get(address)
    mode.refresh_from_db()
    assert mode.confirmed_at is None, "looking does not confirm"
    administrator.post(address, {"reason": "moved to a new server"})
    mode.refresh_from_db()
    assert mode.confirmed_by == "administrator"
    assert AuditEntry.objects.filter(action="confirmed_identity", username="administrator").exists()


@pytest.mark.django_db
def test_health_needs_no_login_and_tells_no_data(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_health_asks_nothing_of_the_database(client: Client) -> None:
    """No database mark here: a query would fail this test."""
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_readiness_names_what_is_not_well(client: Client, settings: Settings) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    well, ill = "database: ok\nmigrations: ok\n", "worker: not ready\nsending: not ready\n"
    assert answer.content.decode() == f"{well}{ill}reports: not ready\n"
    beat("worker")
    assert (
        client.get("/readyz")
        .content.decode()
        .endswith("worker: ok\nsending: not ready\nreports: not ready\n")
    )
    beat("sending")
    assert client.get("/readyz").content.decode().endswith("sending: ok\nreports: not ready\n")
    beat("reports")
    assert client.get("/readyz").status_code == 200


def test_a_browser_may_ask_nobody_else(staff: dict[str, Any], signed_in: SignIn) -> None:
    policy = signed_in("reader").get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert "*" not in policy


def test_s22_an_administrator_sees_on_every_page_that_files_are_open(
    story: dict[str, Any], signed_in: SignIn, settings: Settings
) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        settings.HOME = Path(folder)
        assert "check --mend" not in signed_in("administrator").get("/").content.decode()
        settings.HOME.chmod(0o755)
        page = html.unescape(signed_in("administrator").get("/").content.decode())
        assert f"chmod -R go= {folder}" in page
        assert "check --mend" not in signed_in("reader").get("/").content.decode()
