"""The “?” of every page, what it opens, and the words that are explained."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from emailketing.accounts.models import User
from emailketing.accounts.roles import ADMINISTRATOR, OPERATOR, READER
from emailketing.manual.pages import TOPICS
from emailketing.web.console.help.where import TOPIC_OF, topic_of

SignIn = Callable[[str], Client]
# no page of a signed-in person stands there
WITHOUT_HELP = {
    "console:language",
    "console:first_run",
    "admin:login",
    "admin:logout",
    "admin:search",
    "admin:autocomplete",
    "admin:jsi18n",
    "admin:view_on_site",
    "admin:app_list",
    "admin:None",
}


def names() -> set[str]:
    found = set()
    for resolver in get_resolver().url_patterns:
        space = f"{resolver.namespace}:" if isinstance(resolver, URLResolver) else ""
        waiting = list(getattr(resolver, "url_patterns", []))
        while waiting:
            one = waiting.pop()
            if isinstance(one, URLPattern):
                found.add(f"{space}{one.name}")
            else:
                waiting += one.url_patterns
    return {name for name in found if not name.startswith("public:")} - WITHOUT_HELP


def test_every_page_has_its_help() -> None:
    """A new page names what explains it, in `web/console/help/where.py`."""
    assert {name for name in names() if not topic_of(name)} == set()
    assert set(TOPIC_OF.values()) <= set(TOPICS)


def test_the_nearest_name_decides() -> None:
    assert topic_of("console:rule_edit") == "rules"
    assert topic_of("console:rule_try_draft") == "trying-a-rule"
    assert topic_of("console:contact_wishes") == "contacts"
    assert topic_of("console:contacts_misread") == "without-an-address"
    assert topic_of("nowhere") == ""


@pytest.mark.parametrize("role", [READER, OPERATOR, ADMINISTRATOR])
def test_every_role_reads_every_page(role: str, staff: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in(role)
    assert client.get("/help/").status_code == 200
    for topic in TOPICS:
        for path in (f"/help/{topic}/", f"/help/{topic}/?part=1"):
            assert client.get(path).status_code == 200, path
    assert client.get("/help/nowhere/").status_code == 404


@pytest.mark.parametrize(
    ("path", "topic"),
    [
        ("/", "dashboard"),
        ("/rules/", "rules"),
        ("/outbox/message/", "messages"),
        ("/contacts/suppression/", "do-not-write"),
        ("/accounts/user/add/", "users"),
        ("/setup/source/", "first-steps"),
        ("/help/rules/", "first-steps"),
    ],
)
def test_the_question_mark_opens_what_explains_the_page(
    path: str, topic: str, staff: dict[str, Any], signed_in: SignIn
) -> None:
    page = signed_in(ADMINISTRATOR).get(path).content.decode()
    assert f'href="/help/{topic}/"' in page.split('class="ek-help"')[1].split(">")[0]


def test_a_page_is_in_the_readers_language_or_says_that_it_is_not(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in(READER)
    spanish = client.get("/help/glossary/").content.decode()
    assert "Palabras de este programa" in spanish
    assert "solo en español" not in spanish
    User.objects.update(language="en")
    assert "Words of this program" in client.get("/help/glossary/").content.decode()


def test_a_panel_gets_the_page_without_the_console(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    part = signed_in(READER).get("/help/rules/?part=1").content.decode()
    assert "Escribir una regla" in part
    assert "<html" not in part


def test_the_words_are_in_the_readers_language(staff: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in(READER)
    answer = client.get("/help/words/")
    told = {word["forms"][0] for word in json.loads(answer.content)["words"]}
    assert "fuente" in told
    User.objects.update(language="pt")
    told = {word["forms"][0] for word in client.get("/help/words/").json()["words"]}
    assert "fonte" in told
