"""Every address of the product asks who is there first, but for a short list."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils.regex_helper import normalize

from emailketing.accounts.models import User
from tests.architecture.places import LANGUAGES

# what a person without a login may reach, and why
ANONYMOUS = {
    "/login/": "to sign in",
    "/healthz": "for the machine that looks after the machine",
    "/readyz": "for the machine that looks after the machine",
}
# open to whoever knows the secret in the address; without it there is nothing
WITH_A_TOKEN = {"/hooks/x/": "gateways tell what became of a message"}
WITHOUT_PARAMETERS_NOTHING = {"/autocomplete/"}
SAMPLES = {"int": "1", "slug": "x", "str": "x", "path": "x", "anykey": "x", "uuid": f"{0:032x}"}


def addresses() -> Iterator[str]:
    """Every address of the product, with a sample for each variable part."""
    yield from sorted(set(_walk("/", get_resolver())))


def _walk(prefix: str, resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        for piece in _pieces(pattern):
            if isinstance(pattern, URLResolver):
                yield from _walk(prefix + piece, pattern)
            else:
                yield prefix + piece


def _pieces(pattern: URLPattern | URLResolver) -> Iterator[str]:
    if isinstance(pattern.pattern, RoutePattern):
        route = str(pattern.pattern).replace("<str:", "<")
        for name, converter in pattern.pattern.converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower()
            for written in (f"<{kind}:{name}>", f"<{name}>"):
                route = route.replace(written, SAMPLES[{"string": "str"}.get(kind, kind)])
        assert "<" not in route, f"a converter this test has no sample for: {route}"
        yield route
    else:
        for shape, names in normalize(str(pattern.pattern)):
            yield shape % dict.fromkeys(names, "accounts")


ADDRESSES = list(addresses())
PAGES = [
    address
    for address in ADDRESSES
    if address not in WITHOUT_PARAMETERS_NOTHING and "/x" not in address and "/1" not in address
]


def test_the_addresses_are_found() -> None:
    assert len(ADDRESSES) > 10
    assert "/login/" in ADDRESSES


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", [a for a in ADDRESSES if a not in ANONYMOUS])
def test_nobody_gets_in_without_a_login(client: Client, address: str, method: str) -> None:
    """A signed link that is not valid must say so; everything else leads to the sign-in page."""
    User.objects.create_superuser("alice")
    response = getattr(client, method)(address)
    if response.status_code in {301, 302}:
        assert response.headers["Location"].split("?")[0] in {"/login/", "/"}
    else:
        assert response.status_code in {401, 403, 404, 405, 410}
        assert b"alice" not in response.content


@pytest.mark.django_db
@pytest.mark.parametrize("address", sorted(ANONYMOUS))
def test_the_open_addresses_exist(address: str, client: Client) -> None:
    assert address in ADDRESSES, "no longer there: take it off the list"
    assert client.get(address).status_code < 500 or address == "/readyz"


@pytest.mark.django_db
@pytest.mark.parametrize("address", sorted(WITH_A_TOKEN))
def test_an_address_with_a_wrong_token_is_not_there(address: str, client: Client) -> None:
    assert address in ADDRESSES, "no longer there: take it off the list"
    assert client.get(address).status_code == client.post(address).status_code == 404


def test_nothing_else_is_open() -> None:
    """A view is open when it says so: these are all."""
    opened = {
        "/" + str(pattern.pattern).replace("<str:token>", "x")
        for resolver in get_resolver().url_patterns
        if isinstance(resolver, URLResolver) and resolver.app_name == "public"
        for pattern in resolver.url_patterns
    }
    assert opened == {*ANONYMOUS, *WITH_A_TOKEN} - {"/login/"}


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", PAGES)
def test_every_page_renders_in_every_language(client: Client, address: str, language: str) -> None:
    alice = User.objects.create_superuser(
        "alice", language=language, last_login=datetime(2026, 11, 24, 12, tzinfo=UTC)
    )
    client.force_login(alice)
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code in {200, 301, 302, 403, 404, 405, 503}, address
    if response.status_code == 200 and "html" in response.headers["Content-Type"]:
        assert f'lang="{language}"' in response.content.decode()[:600] or not _is_whole(response)


def _is_whole(response: object) -> bool:
    """A whole page, not a part of one fetched by htmx."""
    return b"<html" in getattr(response, "content", b"")
