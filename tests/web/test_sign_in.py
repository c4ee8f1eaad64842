"""The brake on guessed passwords: who must wait, who must not, and what ends it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from emailketing.accounts.audit import note
from emailketing.accounts.models import AuditEntry, SignInTry
from emailketing.accounts.sign_in import (
    FAILED,
    MOST_FROM_ADDRESS,
    MOST_OF_NAME,
    PASSWORD_SET,
    SIGNED_IN,
    UNDER_WAY_FOR,
    WINDOW,
    Lock,
    begin,
    end_right,
    lock_of,
    note_failure,
)
from emailketing.cli.app import app
from tests.web import cast

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HERE, THERE = "192.0.2.7", "198.51.100.9"
TOO_MANY = "Demasiadas contraseñas incorrectas"


def wrong(name: str, times: int, *, at: datetime = NOON, came_from: str = HERE) -> None:
    for _time in range(times):
        note_failure(name, came_from, now=at)


def post(name: str, password: str = cast.PASSWORD, came_from: str = HERE) -> Any:
    entries = {"username": name, "password": password}
    return Client(REMOTE_ADDR=came_from).post("/login/", entries)


# ---- the count ----


@pytest.mark.django_db
def test_a_name_waits_from_the_last_try_too_many_until_the_first_is_old() -> None:
    wrong("ana", 1)
    wrong("ana", MOST_OF_NAME - 2, at=NOON + 4 * MINUTE)
    assert lock_of("ana", HERE, now=NOON + 5 * MINUTE) is None
    lock = note_failure("ana", HERE, now=NOON + 5 * MINUTE)
    assert lock is not None
    assert (lock.until, lock.is_of_name) == (NOON + WINDOW, True)
    assert lock_of("ana", THERE, now=NOON + WINDOW - MINUTE) == lock
    assert lock_of("ana", THERE, now=NOON + WINDOW) is None
    assert lock_of("eva", HERE, now=NOON + 5 * MINUTE) is None


@pytest.mark.django_db
def test_an_address_waits_whatever_names_it_tried() -> None:
    for number in range(MOST_FROM_ADDRESS):
        assert lock_of("eva", HERE, now=NOON) is None
        note_failure(f"guess{number}", HERE, now=NOON)
    lock = lock_of("eva", HERE, now=NOON)
    assert lock is not None
    assert not lock.is_of_name
    assert lock_of("eva", THERE, now=NOON) is None
    assert lock_of("eva", HERE, now=NOON + WINDOW) is None


@pytest.mark.django_db
@pytest.mark.parametrize("came_from", ["127.0.0.1", "::1", ""])
def test_the_proxy_of_all_is_not_locked(came_from: str) -> None:
    for number in range(MOST_FROM_ADDRESS + 1):
        note_failure(f"guess{number}", came_from, now=NOON)
    assert lock_of("eva", came_from, now=NOON) is None


@pytest.mark.django_db
def test_signing_in_forgives_the_name_but_not_the_address() -> None:
    wrong("ana", MOST_OF_NAME - 1)
    note(SIGNED_IN, by="ana", now=NOON + MINUTE, came_from=HERE)
    wrong("ana", MOST_OF_NAME - 1, at=NOON + 2 * MINUTE)
    assert lock_of("ana", HERE, now=NOON + 2 * MINUTE) is None
    for number in range(MOST_FROM_ADDRESS - 2 * (MOST_OF_NAME - 1)):
        note_failure(f"guess{number}", HERE, now=NOON + 3 * MINUTE)
    assert lock_of("ana", HERE, now=NOON + 3 * MINUTE) is not None


def test_a_new_password_forgives_this_name_only(staff: dict[str, Any]) -> None:
    wrong("operator", MOST_OF_NAME)
    wrong("reader", MOST_OF_NAME, came_from=THERE)
    note(PASSWORD_SET, by="root", now=NOON + MINUTE, about=staff["operator"])
    assert lock_of("operator", HERE, now=NOON + MINUTE) is None
    assert lock_of("reader", HERE, now=NOON + MINUTE) is not None


@pytest.mark.django_db
def test_a_guess_under_way_counts_as_wrong_until_it_proves_right() -> None:
    places = [begin("ana", HERE, now=NOON) for _place in range(MOST_OF_NAME)]
    assert all(isinstance(place, SignInTry) for place in places)
    lock = begin("ana", THERE, now=NOON)
    assert lock == Lock(NOON + UNDER_WAY_FOR, is_of_name=True)
    assert isinstance(begin("eva", HERE, now=NOON), SignInTry)
    assert isinstance(places[0], SignInTry)
    end_right(places[0])
    assert isinstance(begin("ana", HERE, now=NOON), SignInTry)
    assert isinstance(begin("ana", HERE, now=NOON + UNDER_WAY_FOR), SignInTry)  # they are gone


@pytest.mark.django_db(transaction=True)
def test_guesses_that_come_at_once_are_counted_exactly(settings: Settings) -> None:
    # a hasher that takes its time, as the real one does
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    gate = threading.Barrier(MOST_OF_NAME * 3)

    def guess(_number: int) -> bool:
        try:
            gate.wait(30)
            return TOO_MANY in post("administrator", "wrong").content.decode()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(gate.parties) as pool:
        refused = list(pool.map(guess, range(gate.parties)))
    tries = AuditEntry.objects.filter(username="administrator")
    assert tries.filter(action=FAILED).count() == MOST_OF_NAME
    assert tries.filter(action="locked").count() == 1
    assert refused.count(False) == MOST_OF_NAME - 1  # the last of them is told that it waits now
    assert not SignInTry.objects.exists()


# ---- the page ----


def test_the_right_password_is_refused_while_its_name_waits(staff: dict[str, Any]) -> None:
    for _time in range(MOST_OF_NAME - 1):
        assert TOO_MANY not in post("operator", "wrong").content.decode()
    # another way to write the same name, as the form understands it
    assert TOO_MANY in post(" ｏｐｅｒａｔｏｒ", "wrong").content.decode()
    page = post("operator").content.decode()
    assert f"{TOO_MANY}. Intente de nuevo en 15 minutos" in page
    assert post("reader").status_code == 302
    noted = AuditEntry.objects.filter(username="operator").values_list("action", flat=True)
    assert sorted(noted) == ["locked", *["sign_in_failed"] * MOST_OF_NAME]  # refused: not counted


def test_a_name_nobody_has_waits_as_well_with_the_same_work(staff: dict[str, Any]) -> None:
    asked = []
    for name in ("operator", "nobody"):
        for _time in range(MOST_OF_NAME):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                post(name, "wrong")
            asked.append(len(queries))
        assert TOO_MANY in post(name, "wrong").content.decode()
    assert asked[:MOST_OF_NAME] == asked[MOST_OF_NAME:]


def test_who_is_signed_in_cannot_guess_the_password_of_another(staff: dict[str, Any]) -> None:
    client = Client(REMOTE_ADDR=HERE)
    client.force_login(staff["reader"])
    for _time in range(MOST_OF_NAME):
        client.post("/login/", {"username": "administrator", "password": "wrong"})
    assert TOO_MANY in post("administrator").content.decode()
    assert not AuditEntry.objects.filter(action=SIGNED_IN).exists()


def test_an_old_lock_is_over(staff: dict[str, Any], now: datetime) -> None:
    wrong("operator", MOST_OF_NAME, at=now - WINDOW)
    assert post("operator").status_code == 302


def test_the_network_is_told_that_it_is_the_network(staff: dict[str, Any], now: datetime) -> None:
    for number in range(MOST_FROM_ADDRESS):
        note_failure(f"guess{number}", HERE, now=now)
    assert "desde esta red" in post("operator").content.decode()
    assert post("operator", came_from=THERE).status_code == 302
    assert AuditEntry.objects.filter(action="address_locked", came_from=HERE).count() == 1


def test_the_command_sets_a_password_and_ends_the_wait(
    staff: dict[str, Any], now: datetime
) -> None:
    wrong("operator", MOST_OF_NAME, at=now)
    new = {"EMAILKETING_USER_PASSWORD": "otra-clave-muy-larga"}
    assert CliRunner().invoke(app, ["user", "password", "operator"], env=new).exit_code == 0
    assert post("operator", new["EMAILKETING_USER_PASSWORD"]).status_code == 302


@pytest.mark.parametrize(("name", "secret"), [("nobody", "otra-clave-muy-larga"), ("reader", "1")])
def test_the_command_refuses_what_the_console_refuses(
    name: str, secret: str, staff: dict[str, Any]
) -> None:
    said = CliRunner().invoke(
        app, ["user", "password", name], env={"EMAILKETING_USER_PASSWORD": secret}
    )
    assert said.exit_code == 1
    assert post("reader").status_code == 302


# ---- behind a proxy ----


@pytest.mark.parametrize(
    ("header", "told", "noted"),
    [
        ("", "203.0.113.5", "127.0.0.1"),  # not ours to believe
        ("X-Real-IP", "203.0.113.5", "203.0.113.5"),
        ("X-Real-IP", "6.6.6.6, 2001:db8::5", "2001:db8::5"),  # the last is the proxy's
        ("X-Real-IP", "nonsense", "127.0.0.1"),
    ],
)
def test_the_proxy_tells_who_visits(
    header: str, told: str, noted: str, staff: dict[str, Any], settings: Settings
) -> None:
    settings.ADDRESS_HEADER = header
    entries = {"username": "reader", "password": cast.PASSWORD}
    assert Client().post("/login/", entries, headers={"X-Real-IP": told}).status_code == 302
    assert AuditEntry.objects.get(action=SIGNED_IN).came_from == noted
