"""`emailketing setup | stop | go-on | alerts`, as an administrator types them."""

from datetime import UTC, datetime, time

import pytest

from emailketing.accounts.models import AuditEntry
from emailketing.alerts.models import Alert
from emailketing.company.models import Company
from tests.cli.test_sender_message import run

pytestmark = pytest.mark.django_db


def test_what_setup_is_not_told_stays_as_it_was() -> None:
    run("setup", code=1)
    run("setup", "--name", "Ferretería", "--language", "pt", "--country", "br", "--tax-id", "80-1")
    run("setup", "--quiet", "21:00-7:00", "--time-zone", "America/Sao_Paulo")
    company = Company.objects.get()
    said = (company.name, company.language, company.country, company.tax_id, company.time_zone)
    assert said == ("Ferretería", "pt", "BR", "80-1", "America/Sao_Paulo")
    assert (company.quiet_from, company.quiet_to) == (time(21), time(7))
    brand = AuditEntry.objects.get(object_type="content.brand", action="created")
    assert (brand.object_label, brand.came_from) == ("Ferretería", "command line")
    run("setup", "--quiet", "never", "--address", "http://servidor:8000/")
    company.refresh_from_db()
    assert (company.quiet_from, company.base_url) == (None, "http://servidor:8000/")
    assert AuditEntry.objects.latest("pk").changes["quiet_from"] == ["21:00:00", None]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--quiet", "21"),
        ("--quiet", "25:00-07:00"),
        ("--time-zone", "Mars/Olympus"),
        ("--language", "xx"),
        ("--country", "Paraguay"),
        ("--country", "XX"),
        ("--currency", "GUA"),
        ("--currency", "guaraní"),
        ("--quiet", "21:00-21:00"),
        ("--quiet", "21:00:30-07:00"),
        ("--tax-id", "80-1\n80-2"),
        ("--tax-id", "8" * 41),
        ("--address", "servidor"),
        ("--address", "http://[servidor/"),
        ("--address", "http://servidor:99999/"),
        ("--address", "https://admin:clave@mail.example.com/"),
        ("--address", "https://mail.example.com/?a=1"),
        ("--address", "https://mail.example.com/" + "x" * 200),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(wrong: tuple[str, str]) -> None:
    output = run("setup", "--name", "Ferretería", *wrong, code=1).output
    assert output.strip()
    assert "Traceback" not in output
    assert not Company.objects.exclude(name="").exists()


def test_all_that_is_wrong_is_told_at_once_by_its_option() -> None:
    options = {
        "--country": "XX",
        "--currency": "GUA",
        "--quiet": "25:00-07:00",
        "--time-zone": "Mars/Olympus",
        "--language": "klingon",
        "--address": "http://servidor:99999/",
        "--tax-id": "8" * 41,
    }
    words = [word for pair in options.items() for word in pair]
    lines = run("setup", "--name", "Ferretería", *words, code=1).output.strip().splitlines()
    assert sorted(line.partition(":")[0] for line in lines) == sorted(options)
    assert not Company.objects.exclude(name="").exists()


def test_everything_is_stopped_and_goes_on() -> None:
    run("stop")
    assert Company.objects.get().is_stopped
    run("go-on")
    assert not Company.objects.get().is_stopped
    noted = list(AuditEntry.objects.order_by("pk").values_list("action", "came_from"))
    assert noted == [("stopped", "command line"), ("resumed", "command line")]


def test_alerts_say_what_is_wrong_and_end_with_one() -> None:
    run("alerts")
    since = datetime(2026, 11, 24, 12, tzinfo=UTC)
    alert = Alert.objects.create(
        kind="sender", about="7", name="Tigo", sentence="bind", since=since
    )
    assert "Tigo" in run("alerts", code=1).output
    Alert.objects.filter(pk=alert.pk).update(ended_at=since)
    run("alerts")
