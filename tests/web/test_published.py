"""Only web/public is published: what answers on its port, and what each page says of itself."""

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from pytest_django.fixtures import Settings

from emailketing.company.beat import give_beat
from emailketing.config import public_settings, urls
from emailketing.web.public.policy import MOST, VisitorBrake
from tests.web.published import publish


@pytest.fixture
def visitor(settings: Settings) -> Client:
    return publish(settings)


CONSOLE = [
    str(pattern.pattern)
    for resolver in urls.urlpatterns[1:]
    for pattern in resolver.url_patterns
    if "<" not in str(pattern.pattern) and "^" not in str(pattern.pattern)
]


@pytest.mark.django_db
def test_the_console_cannot_be_reached_there(visitor: Client) -> None:
    assert len(CONSOLE) > 20
    assert "login/" in CONSOLE
    for address in ("", "admin/", "static/console/console.css", *CONSOLE):
        for method in (visitor.get, visitor.post):
            assert method(f"/{address}", REMOTE_ADDR="127.0.0.1").status_code == 404, address


@pytest.mark.django_db
def test_the_public_addresses_answer_there(visitor: Client) -> None:
    assert visitor.get("/healthz").content == b"ok\n"
    assert visitor.get("/readyz").status_code == 503
    assert visitor.get("/look.css").headers["Content-Type"] == "text/css; charset=utf-8"
    assert visitor.post("/hooks/abc/").content == b"no such address\n"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/look.css", "/nothing/", "/hooks/x/"])
def test_s18_no_cookie_no_referrer_no_search_engine(visitor: Client, address: str) -> None:
    answer = visitor.get(address)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy  # so no script at all
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert not answer.cookies
    assert "Set-Cookie" not in answer.headers


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "said"),
    [("es-PY,es", "no es válido"), ("en", "is not valid"), ("pt-BR", "não é válido"), ("gn", "no")],
)
def test_nothing_is_said_in_the_visitors_language(visitor: Client, asked: str, said: str) -> None:
    page = visitor.get("/r/../../etc/passwd", headers={"accept-language": asked})
    assert page.status_code == 404
    assert said in page.content.decode()
    assert "http" not in page.content.decode()  # nothing of a third party


@pytest.mark.django_db
def test_a_host_of_another_makes_nothing(visitor: Client) -> None:
    assert visitor.get("/nothing/", headers={"host": "evil.test"}).status_code == 404
    assert visitor.get("/nothing/", headers={"host": "a b/../"}).status_code == 400
    assert b"evil" not in visitor.get("/nothing/", headers={"host": "evil.test"}).content


@pytest.mark.django_db
def test_whoever_asks_too_often_waits(visitor: Client) -> None:
    answers = [visitor.get("/nothing/").status_code for _ in range(MOST + 1)]
    assert answers[:-1] == [404] * MOST
    assert answers[-1] == 429
    assert visitor.get("/healthz").status_code == 200
    assert Client().get("/nothing/").status_code == 404  # a proxy that does not say who asks


def test_the_brake_counts_a_household_and_forgets_after_a_minute() -> None:
    brake = VisitorBrake()
    of_one = [brake.takes(f"2001:db8::{number:x}", 0.0) for number in range(MOST + 5)]
    assert of_one.count(True) == MOST
    assert brake.takes("2001:db8:0:1::1", 1.0)
    assert not brake.takes("2001:db8::ffff", 59.0)
    assert brake.takes("2001:db8::ffff", 60.0)


def test_no_line_of_the_log_names_a_link(
    visitor: Client, caplog: pytest.LogCaptureFixture, db: None
) -> None:
    """S22."""
    visitor.get("/r/SECRET-of-a-link")
    assert "SECRET" not in caplog.text


@pytest.mark.django_db
def test_readiness_knows_the_published_side(settings: Settings, client: Client) -> None:
    assert b"public" not in client.get("/readyz").content
    settings.PUBLIC_PORT = 8001
    assert client.get("/readyz").content.endswith(b"public: not ready\n")
    give_beat("public", 0, timezone.now())  # noqa: TID251
    assert client.get("/readyz").content.endswith(b"public: ok\n")


def test_there_is_no_session_and_no_login() -> None:
    assert not any("session" in name or "auth" in name for name in public_settings.MIDDLEWARE)
    assert not any("messages" in name for name in public_settings.MIDDLEWARE)
    assert len(get_resolver("emailketing.config.public_urls").url_patterns) == 2
