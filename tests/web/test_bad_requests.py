"""What is typed or sent to the console by mistake or on purpose: an answer, never a crash."""

import html
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from emailketing.common.logs import LineFormatter, RefusalsInOneLine
from emailketing.web.console.forms.numbers import whole
from tests.web import cast

SignIn = Callable[[str], Client]
LISTS = ("/outbox/message/", "/events/event/", "/contacts/contact/")


@pytest.mark.parametrize("path", LISTS)
def test_a_search_nobody_types_is_cut(path: str, staff: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("operator")
    answer = client.get(path, {"q": "x" * 60_000})
    assert answer.status_code == 302
    assert len(answer.headers["Location"]) < 300
    assert client.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=%27%20or%201%3D1%20--%25_%5C", "p=99999999", "p=-1&o=zz", "nobody=1"]
    + [f"period={number}" for number in ("%C2%B2", "9" * 12, "9" * 5000)],
)
def test_a_strange_address_is_answered(
    path: str, query: str, staff: dict[str, Any], signed_in: SignIn
) -> None:
    assert signed_in("operator").get(f"{path}?{query}").status_code in {200, 302, 404}


@pytest.mark.parametrize(
    "query",
    [
        {"subject__regex": "(.*)*x"},
        {"subject__iregex": "(.*)*x"},
        {"address__contains": "a"},
        {"dispatch__data__regex": "(.*)*x"},
        {"mail_class__regex": "(.*)*x"},
        {"subject": "x"},
    ],
)
def test_a_list_is_asked_by_its_own_filters_only(
    query: dict[str, str], staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("reader")
    assert client.get("/outbox/message/", query).status_code == 400
    assert client.get("/outbox/message/", {"mail_class__exact": "bulk"}).status_code == 200
    contacts = {"is_active__exact": "1", "language__exact": "es"}
    assert client.get("/contacts/contact/", contacts).status_code == 200


def test_every_filter_that_a_list_offers_may_be_used(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("administrator")
    asked = 0
    for path in (*LISTS, "/contacts/suppression/", "/accounts/user/", "/accounts/auditentry/"):
        page = client.get(path).content.decode()
        for query in set(re.findall(r'href="(\?[^"#]+)"', page)):
            asked += 1
            assert client.get(f"{path}{html.unescape(query)}").status_code == 200, query
    assert asked > 30


@pytest.mark.parametrize("number", ["²", "9" * 30, "9" * 5000, "-1", "", "x"])
def test_what_is_no_number_is_nothing(number: str) -> None:
    assert whole(number) is None
    assert whole("17") == 17


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"],
)
def test_signing_in_sends_nobody_elsewhere(
    elsewhere: str, client: Client, staff: dict[str, Any]
) -> None:
    form = {"username": "operator", "password": cast.PASSWORD, "next": elsewhere}
    answer = client.post("/login/", form)
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:1", "a b", "x" * 500, "[::", ""])
@pytest.mark.parametrize("path", ["/", "/healthz", f"/hooks/{'t' * 32}/", "/static/x.css"])
def test_a_host_that_is_not_ours_is_one_line(
    path: str, host: str, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "EMAILKETING_HOSTS" in answer.content.decode()
    assert not any(record.exc_info for record in caplog.records)
    assert "evil" not in caplog.text


def test_what_django_refuses_is_one_line_without_its_words() -> None:
    log = logging.getLogger("django.security.TooManyFieldsSent")
    with pytest.raises(ValueError, match="evil") as raised:
        int("evil")
    error = (raised.type, raised.value, raised.tb)
    sent = log.makeRecord(log.name, logging.ERROR, "", 0, "evil", (), error)
    assert RefusalsInOneLine().filter(sent)
    assert LineFormatter().format(sent).endswith("A request was refused: TooManyFieldsSent")


@pytest.mark.parametrize("path", ["/", "/company/", "/outbox/message/", "/login/", "/healthz"])
def test_no_page_is_kept_by_a_browser(
    path: str, staff: dict[str, Any], signed_in: SignIn, client: Client
) -> None:
    for visitor in (signed_in("administrator"), client):
        assert "no-store" in visitor.get(path).headers["Cache-Control"]


def test_https_is_to_stay(client: Client, settings: Settings) -> None:
    name = "Strict-Transport-Security"
    settings.SECURE_HSTS_SECONDS = 31_536_000  # what EMAILKETING_HTTPS sets
    assert Client().get("/healthz", secure=True).headers[name] == "max-age=31536000"
    assert name not in Client().get("/healthz").headers


def test_a_form_without_its_token_changes_nothing(staff: dict[str, Any]) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.login(username="administrator", password=cast.PASSWORD)
    assert strict.post("/company/", {"name": "x"}).status_code == 403
