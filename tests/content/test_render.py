"""Templates reach nothing but plain data, stop in time and escape what they insert (S7–S10)."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from emailketing.content.render import RenderFailed, render, render_text
from emailketing.content.samples import sample_data


@dataclass
class Texts:
    subject: str = "s"
    html: str = ""
    text: str = ""
    format: str = "simple"


def written(source: str, **values: Any) -> str:
    return render(Texts(text=source), values, language="es").text


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ document.__class__ }}",
        "{{ settings.SECRET_KEY }}",
        "{{ self }}",
        "{{ debug() }}",
        "{{ namespace(a=1) }}",
        "{{ environ }}",
        "{{ '<b>'|safe }}",
        "{{ document|tojson }}",
        "{{ document|attr('number') }}",
        "{% include '/etc/passwd' %}",
        "{% extends '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% load static %}",
        "{% debug %}",
    ],
)
def test_s7_a_template_reaches_nothing_but_its_data(source: str) -> None:
    with pytest.raises(RenderFailed, match=r"^Line 1"):
        written(source)


class Customer:
    pin = "1234"


def test_s8_no_object_reaches_a_template() -> None:
    with pytest.raises(RenderFailed, match="plain values"):
        written("{{ customer.pin }}", customer=Customer())


def test_s8_dates_and_decimals_arrive_as_text() -> None:
    values = {
        "at": datetime(2026, 11, 24, 15, tzinfo=UTC),
        "on": date(2026, 11, 24),
        "sum": Decimal("1.10"),
    }
    assert (
        written("{{ at }} {{ on }} {{ sum }}", **values)
        == "2026-11-24T15:00:00+00:00 2026-11-24 1.10"
    )


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(3000) %}{% for j in range(1000) %}x{% endfor %}{% endfor %}",
        "{% for i in range(10000000) %}x{% endfor %}",
        "{{ 'a'*200000000 }}",
        "{{ [1]*200000000 }}",
        "{{ range(100000)|join('" + "x" * 5000 + "') }}",
        "{% set a='aaaaaaaaaa' %}" + "{% set a = a~a %}" * 40 + "{{ a }}",
        "{{ ('a'*1000)|replace('a','b'*1000)|replace('b','c'*1000) }}",
        "{{ 'x'|indent(1000000000, true) }}",
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ 2**100000000 }}",
    ],
)
def test_s9_loops_and_bombs_are_stopped_within_a_second(source: str) -> None:
    before = time.process_time()
    with pytest.raises(RenderFailed, match=r"^Line 1"):
        written(source)
    assert time.process_time() - before < 1


def test_s9_more_than_two_million_characters_are_refused() -> None:
    with pytest.raises(RenderFailed, match="too long"):
        written("{% for line in rows %}{{ line }}{% endfor %}", rows=["x" * 19_000] * 110)


def test_s9_a_value_of_five_megabytes_is_cut_with_a_mark() -> None:
    text = written("{{ document.notes }}", document={"notes": "palabra " * 700_000})
    assert 19_000 < len(text) < 20_100
    assert text.endswith("(texto cortado)")  # the mark is for whoever reads the message


def test_s10_html_is_escaped_and_text_is_not() -> None:
    source = "{{ document.notes }}"
    data = {"document": {"notes": "<script>&\"'"}}
    mail = render(Texts(subject=source, html=source, text=source), data, language="es")
    assert "<script>" not in mail.html
    assert mail.text == mail.subject == "<script>&\"'"


def test_s1_a_subject_is_one_line_whatever_the_data_holds() -> None:
    data = {"document": {"number": "1\r\nBcc: eve@example.com\x00\u2028x"}}
    assert render(Texts(subject="No {{ document.number }}"), data, language="es").subject == (
        "No 1 Bcc: eve@example.com x"
    )


def test_asking_for_what_is_not_there_is_allowed_and_printing_it_is_not() -> None:
    assert written("{% if before.total %}x{% endif %}{% if document.vale %}x{% endif %}-") == "-"
    with pytest.raises(RenderFailed, match=r"document\.vale"):
        written("a\n{{ document.vale }}")


def test_every_usual_name_is_there_even_when_the_business_system_leaves_it_out() -> None:
    assert written("[{{ document.valid_until|date }}{{ document.party.city }}]") == "[]"


def test_nothing_is_written_as_nothing() -> None:
    assert written("[{{ document.notes }}]", document={"notes": None}) == "[]"


def test_values_are_written_in_the_language_and_currency_of_the_reader() -> None:
    data = {"company": {"currency": "USD"}, "sum": "1234.5"}
    assert render_text("{{ sum|money }}", data, "es") == "USD\xa01.234,50"
    assert render_text("{{ sum|money('PYG') }}", data, "en") == "PYG\xa01,235"
    assert render_text("{{ sum|number(1) }} {{ '3'|plural('# día','# días') }}", data, "es") == (
        "1.234,5 3 días"
    )


def test_amounts_are_compared_exactly() -> None:
    source = "{% if sum is above(999) %}much{% endif %}{% if sum is equal('1234.50') %}!{% endif %}"
    assert written(source, sum="1234.5") == "much!"
    assert written("{% if sum is below(1000) %}little{% endif %}", sum="999.99") == "little"


def test_a_value_that_is_no_number_is_one_sentence() -> None:
    with pytest.raises(RenderFailed, match="“mucho” is not a number"):
        written("{{ sum|money }}", sum="mucho")


def test_a_hundred_thousand_texts_do_not_stay_in_memory() -> None:
    for number in range(700):
        assert written(f"{{{{ document.number }}}}{number}") == str(number)


def test_it_is_a_pure_function() -> None:
    data = sample_data("quotation", "es")
    before = repr(data)
    assert render(Texts(text="{{ document.number }}"), data, language="es") == render(
        Texts(text="{{ document.number }}"), data, language="es"
    )
    assert repr(data) == before


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ totl }}", "La línea 1 nombra un dato que no existe: totl."),
        ("a\n{{ 1 | suma }}", "La línea 2 usa «suma», que una plantilla no conoce."),
        ("a\nb {% if x", "La línea 2 no está bien escrita, o algo queda abierto: «b {% if x»."),
        (
            "{% for x in 3 %}{% endfor %}",
            "La línea 1 no se puede escribir: «{% for x in 3 %}{% endfor %}».",
        ),
    ],
)
def test_what_is_wrong_is_said_in_the_operators_language(source: str, said: str) -> None:
    """The engine's own words are English."""
    with translation.override("es"), pytest.raises(RenderFailed) as wrong:
        render_text(source, {}, "es")
    assert str(wrong.value) == said


@pytest.mark.parametrize(
    "to",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
    ],
)
def test_s16_a_link_that_is_only_a_tag_is_looked_at_with_its_data(to: str) -> None:
    page = Texts(html='<a href="{{ document.link }}">x</a>')
    with pytest.raises(RenderFailed, match="leads to"):
        render(page, {"document": {"link": to}}, language="en")
    for good in ("https://x.example/a?b=1&c=2", "mailto:a@b.example", "tel:+595981", "", "/a:b"):
        assert render(page, {"document": {"link": good}}, language="en").html


def test_s13_a_picture_that_is_only_a_tag_loads_nothing() -> None:
    page = Texts(html="<img src='{{ document.link }}'>")
    for bad in ("https://spy.example/1.gif", "data:image/svg+xml,<svg>"):
        with pytest.raises(RenderFailed, match="leads to"):
            render(page, {"document": {"link": bad}}, language="en")
    assert render(page, {"document": {"link": "cid:logo"}}, language="en").html
