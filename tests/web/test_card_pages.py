"""The page of the cards: six designs with one's own brand, any name, and how to use them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.html import escape

from emailketing.content.card.card import DESIGNS
from emailketing.content.models import Template
from emailketing.web.console.templates_.vocabulary import blocks, variables
from tests.web.attached import Station

SignIn = Callable[[str], Client]


@pytest.mark.parametrize("role", ["reader", "operator"])
def test_every_design_is_shown_with_the_name_that_was_typed(
    role: str, station: Station, signed_in: SignIn
) -> None:
    page = signed_in(role).get("/templates/cards/", {"name": "Ana <b> & Cía."}).content.decode()
    assert page.count('src="data:image/png;base64,') == len(DESIGNS)
    assert escape("Ana <b> & Cía.") in page
    assert "<b> &" not in page
    for design in DESIGNS:
        assert f"[[card: {design} | " in page


def test_what_cannot_be_written_is_said(station: Station, signed_in: SignIn) -> None:
    page = signed_in("reader").get("/templates/cards/", {"name": "Rosa \U000107f7"})
    assert page.content.decode().count("\U000107f7") > len(DESIGNS)


def test_a_number_that_is_no_brand_shows_none(station: Station, signed_in: SignIn) -> None:
    for wrong in ("x", "999999", "-1"):
        assert signed_in("reader").get("/templates/cards/", {"brand": wrong}).status_code == 200


@pytest.mark.django_db
def test_a_greeting_is_offered_its_cards_and_its_values() -> None:
    template = Template(document_type="greeting")
    offered = [chip.text for chip in blocks(template)]
    assert [text.split(":")[0] for text in offered].count("[[card") == len(DESIGNS)
    told = [chip.text for _group, chips in variables(template) for chip in chips]
    assert {"{{ recipient.name }}", "{{ recipient.of }}"} <= set(told)
