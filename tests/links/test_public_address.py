"""Links are written only while the public address works and was once seen from outside (97)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from emailketing.accounts.models import AuditEntry
from emailketing.alerts.troubles import troubles
from emailketing.channels.http.own_address import AddressFault, AddressSeen
from emailketing.cli.show import clock
from emailketing.common.said import say
from emailketing.company.models import Company
from emailketing.links.check_address import EVERY, SOON, answer_to, check_address, check_due
from emailketing.links.models import PublicAddress
from emailketing.links.outside import NotFromOutside, ask_from_outside, confirm_from_outside
from emailketing.links.public_address import FRESH, why_no_links
from tests.web.published import publish

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
URL = "https://avisos.example.com"
PHONE, OFFICE = "181.120.4.5", "200.85.32.1"


@pytest.fixture(autouse=True)
def company() -> Iterator[None]:
    Company.objects.update_or_create(pk=1, defaults={"public_url": URL, "language": "en"})
    with translation.override("en"):
        yield


def seen(content: str) -> AddressSeen:
    return AddressSeen(content, "Let's Encrypt", "2027-02-01T00:00:00+00:00", "ab" * 32, (OFFICE,))


def works(url: str) -> AddressSeen:
    return seen(answer_to(urlsplit(url).path.rpartition("/")[2], NOW))


def silent(_url: str) -> AddressSeen:
    raise AddressFault(say("The certificate of %(host)s has expired. Renew it.") % {"host": "x"})


def confirm(now: datetime = NOW, visitor: str = PHONE) -> None:
    token = ask_from_outside(by="ana", now=now).rpartition("/")[2]
    confirm_from_outside(token, visitor, now=now)


def test_without_an_address_the_reason_is_said() -> None:
    Company.objects.update(public_url="")
    assert "no public address is set" in why_no_links(NOW)
    assert check_due(NOW, silent) == 0


def test_links_need_both_looks() -> None:
    assert "was not tried yet" in why_no_links(NOW)
    known = check_address(NOW, look=works)
    assert (known.problem, known.worked_at, known.asked) == ("", NOW, "")
    assert known.certificate["issuer"] == "Let's Encrypt"
    assert "nobody has opened" in why_no_links(NOW)
    confirm()
    assert why_no_links(NOW) == ""


def test_the_published_side_answers_the_token_once(settings: Settings) -> None:
    visitor = publish(settings)

    def look(url: str) -> AddressSeen:
        path = urlsplit(url).path
        assert visitor.get(path + "x").status_code == 404
        return seen(visitor.get(path).content.decode())

    now = clock()
    assert check_address(now, look=look).problem == ""
    asked: list[str] = []

    def noting(url: str) -> AddressSeen:
        asked.append(url)
        return works(url)

    check_address(now, look=noting)
    assert visitor.get(urlsplit(asked[0]).path).status_code == 404  # used up


def test_an_answer_too_late_or_of_another_machine_is_none() -> None:
    def later(url: str) -> AddressSeen:
        return seen(answer_to(url.rpartition("/")[2], NOW + timedelta(minutes=3)))

    assert "Another machine" in check_address(NOW, look=later).problem
    assert "Another machine" in check_address(NOW, look=lambda _url: seen("0" * 24)).problem
    assert "does not answer as it must. Another machine" in why_no_links(NOW)


def test_when_it_ceases_links_cease_and_an_alert_says_so() -> None:
    check_address(NOW, look=works)
    confirm()
    later = NOW + EVERY
    assert check_due(NOW + SOON, works) == 0
    assert check_due(later, silent) == 1
    assert "has expired" in why_no_links(later)
    [told] = [one for one in troubles(later) if one.kind == "address"]
    assert (told.name, "lead nowhere" in told.sentence) == (URL, True)
    with translation.override("es"):
        assert "como debe. El certificado de x venció" in why_no_links(later)
    assert check_due(later + SOON, works) == 1  # sooner after a failure
    assert why_no_links(later + SOON) == ""
    assert not [one for one in troubles(later) if one.kind == "address"]


def test_what_nobody_looks_at_any_more_does_not_count() -> None:
    check_address(NOW, look=works)
    confirm()
    assert "not lately" in why_no_links(NOW + FRESH + timedelta(minutes=1))


def test_another_address_begins_anew() -> None:
    check_address(NOW, look=works)
    confirm()
    Company.objects.update(public_url="https://otra.example.com")
    assert "was not tried yet" in why_no_links(NOW)
    check_address(NOW, look=works)
    assert PublicAddress.objects.get().outside_at is None


def test_whoever_asks_meanwhile_has_the_say() -> None:
    def overtaken(url: str) -> AddressSeen:
        check_address(NOW, look=works)
        return silent(url)

    assert check_address(NOW, look=overtaken).problem == ""


@pytest.mark.parametrize("visitor", ["192.168.0.7", "10.0.0.1", OFFICE, "fd00::1", "100.64.0.1"])
def test_a_look_from_the_office_does_not_count(visitor: str) -> None:
    check_address(NOW, look=works)
    with pytest.raises(NotFromOutside, match="same network"):
        confirm(visitor=visitor)


@pytest.mark.parametrize(("visitor", "kept"), [(PHONE, PHONE), ("127.0.0.1", ""), ("", "")])
def test_what_the_proxy_does_not_tell_is_the_persons_word(visitor: str, kept: str) -> None:
    confirm(visitor=visitor)
    assert PublicAddress.objects.get().outside_from == kept
    assert AuditEntry.objects.filter(action="seen_from_outside").exists()


def test_s17_a_token_is_valid_once_for_a_day() -> None:
    token = ask_from_outside(by="ana", now=NOW).rpartition("/")[2]
    for wrong in (token[:-1], token + "x", "", "x" * 5000):
        with pytest.raises(NotFromOutside, match="not valid"):
            confirm_from_outside(wrong, PHONE, now=NOW)
    with pytest.raises(NotFromOutside):
        confirm_from_outside(token, PHONE, now=NOW + timedelta(days=2))
    confirm_from_outside(token, PHONE, now=NOW)
    with pytest.raises(NotFromOutside):
        confirm_from_outside(token, PHONE, now=NOW)


def test_a_look_changes_nothing_a_button_does(settings: Settings) -> None:
    """Programs that look at links follow them, too."""
    visitor = publish(settings)
    path = urlsplit(ask_from_outside(by="ana", now=clock())).path
    for _time in range(2):
        assert visitor.head(path).status_code == 200
        assert "button" in visitor.get(path).content.decode()
    assert PublicAddress.objects.get().outside_at is None
    assert visitor.post(path, REMOTE_ADDR="192.168.1.2").status_code == 409
    answer = Client().post(path, REMOTE_ADDR=PHONE, headers={"accept-language": "es"})
    assert answer.status_code == 200
    assert "Gracias" in answer.content.decode()
    assert PublicAddress.objects.get().outside_from == PHONE
    assert visitor.get(path).status_code == 404
