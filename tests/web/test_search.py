"""Point 10, search everywhere: a page, what a role may see, and the same at the command line."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from typer.testing import CliRunner

from emailketing.cli.app import app

SignIn = Callable[[str], Client]


def found(client: Client, words: str, **more: str) -> dict[str, list[tuple[str, str]]]:
    """The groups as the page names them → (title, address) of each hit."""
    html = client.get("/search/", {"q": words, **more}).content.decode()
    groups = {}
    for part in re.findall(r'<section class="ek-found">(.*?)</section>', html, re.DOTALL):
        title = re.search(r"</span>([^<]+?)\s*</h3>", part)
        assert title
        hits = re.findall(r'href="([^"]+)"><strong>(.*?)</strong>', part)
        groups[unescape(title.group(1))] = [(unescape(text), unescape(url)) for url, text in hits]
    return groups


@pytest.mark.parametrize(
    ("group", "words", "title"),
    [
        *(
            ("Personas", words, "Transportes Ypacaraí")
            for words in ("ypacarai", "YPACARAÍ", "pacar")
        ),
        ("Personas", "800776653", "Transportes Ypacaraí"),
        ("Personas", "pedidos@guarani", "Distribuidora Guaraní"),
        ("Documentos", "oc0022", "Orden de compra OC-0022"),
        ("Documentos", "espiga", "Orden de compra OC-0022"),
        ("Mensajes", "espiga oc-0022", "OC-0022"),
        ("Reglas", "ORDEN de compra al proveedor", "Orden de compra al proveedor"),
        ("Plantillas", "orden de compra", "Orden de compra"),
        ("Plantillas", "condiciones entrega", "Orden de compra"),
        ("Configuración", "zona horaria", "Zona horaria"),
        ("Configuración", "administracion", "Administración"),
        ("Configuración", "sistema de la estacion", "Sistema de la estación"),
        ("Configuración", "no escribir", "No escribir"),
        ("Ayuda", "auditoria", "Seguridad y auditoría"),
    ],
)
def test_each_kind_is_found_and_its_address_opens(
    group: str, words: str, title: str, story: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("administrator")
    hits = found(client, words)[group]
    fitting = [url for text, url in hits if title in text]
    assert fitting, hits
    assert client.get(fitting[0]).status_code == 200


def test_what_a_role_may_not_open_is_not_named(story: dict[str, Any], signed_in: SignIn) -> None:
    """S36: the search is no way around a right."""
    for role in ("reader", "operator"):
        client = signed_in(role)
        for words in ("operator", "administracion", "zona horaria", "orden", "usuarios", "espiga"):
            for hits in found(client, words).values():
                for text, url in hits:
                    assert client.get(url).status_code == 200, (role, words, text, url)
        assert not [
            u for hits in found(client, "operator").values() for _t, u in hits if "user" in u
        ]
    chief = found(signed_in("administrator"), "operator")
    assert [url for _text, url in chief["Configuración"] if "/accounts/user/" in url]


def test_a_stranger_is_asked_to_sign_in(db: None) -> None:
    assert Client().get("/search/", {"q": "x", "part": "1"}).status_code == 302


def test_the_part_is_the_list_without_the_page(story: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("reader")
    part = client.get("/search/", {"q": "espiga", "part": "1"}).content.decode()
    assert "<html" not in part
    assert found(client, "espiga", part="1") == found(client, "espiga")


def test_many_hits_lead_to_the_list_with_the_same_words(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("reader")
    html = client.get("/search/", {"q": "orden de compra"}).content.decode()
    (more,) = re.findall(r'ek-found__more" href="([^"]+outbox[^"]+)"', html)
    listed = client.get(unescape(more)).content.decode()
    assert listed.count("OC-00") > 6


@pytest.mark.parametrize("words", ["", " ", "%", "zzzz", "x" * 60_000, "\x00", "'; drop table"])
def test_nothing_found_is_a_page_too(words: str, staff: Any, signed_in: SignIn) -> None:
    answer = signed_in("reader").get("/search/", {"q": words})
    assert answer.status_code == 200
    assert ("Nada tiene estas palabras" in answer.content.decode()) == bool(words.strip())


def test_one_letter_is_said_to_be_too_little(staff: Any, signed_in: SignIn) -> None:
    html = signed_in("reader").get("/search/", {"q": "y"}).content.decode()
    assert "al menos dos letras" in html


def test_a_list_says_so_once_and_a_completed_field_never(staff: Any, signed_in: SignIn) -> None:
    client = signed_in("operator")
    answer = client.get(
        "/autocomplete/",
        {"app_label": "contacts", "model_name": "role", "field_name": "contacts", "term": "y"},
    )
    assert answer.status_code == 200
    for page in ("/contacts/contact/", "/outbox/message/", "/events/event/", "/documents/"):
        html = client.get(page, {"q": "y"}).content.decode()
        assert html.count("al menos dos letras") == 1, page


def test_the_button_is_a_link_on_every_page(story: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("reader")
    for page in ("/", "/outbox/message/", "/rules/", "/contacts/contact/", "/search/"):
        assert re.search(r'<a class="ek-find" href="/search/"', client.get(page).content.decode())


def test_the_command_finds_the_same(story: dict[str, Any], signed_in: SignIn) -> None:
    with translation.override("es"):
        said = CliRunner().invoke(app, ["search", "ESPIGA", "oc0022", "--json"])
    assert said.exit_code == 0
    rows = [(row["kind"], row["url"]) for row in json.loads(said.stdout)]
    page = found(signed_in("administrator"), "ESPIGA oc0022")
    assert rows == [(kind, url) for kind, hits in page.items() for _title, url in hits]
    assert "Nada tiene" in CliRunner().invoke(app, ["search", "zzzz"]).stdout


def test_a_search_asks_few_questions(
    story: dict[str, Any], signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("administrator")
    client.get("/search/", {"q": "orden"})
    with django_assert_max_num_queries(60):
        client.get("/search/", {"q": "orden", "part": "1"})
