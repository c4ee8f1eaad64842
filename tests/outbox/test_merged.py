"""A merged mail is, byte for byte, the mail that is written out for its reader alone (R5)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emailketing.channels.email.compose import MailInvalid
from emailketing.common.plain import Entry
from emailketing.content.merge import merge_letter
from emailketing.content.models import Revision
from emailketing.content.render import RenderFailed
from emailketing.content.store import put
from emailketing.outbox.queueing.write_out import Material, write_out

AT = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
DATA: Entry = {
    "company": {"name": "Estación <Sur>"},
    "document": {
        "number": "OC-17",
        "lines": [{"description": "Gasoil"}, {"description": "Ñ & Co"}],
    },
}
PRINTED = (
    *("{{ recipient.name }}", "{{recipient.code}}", "{{- recipient.name -}}"),
    *("{{ recipient.language }}", "{{ document.number }}", "{# {{ recipient.name }} #}"),
    "{% for line in document.lines %}{{ line.description }} {{ recipient.name }}, {% endfor %}",
    *("{% set x = 'recipient' %}{{ x }}", "{{ '{{ recipient.name }}' }}", "Estimado ", " ", "\n"),
    *("\n\n\n", "-- ", ".", "=", "ñandú está ", "x" * 70, '<a href="https://a.test/', '">', "'"),
    *('<a href="', "href", '="javascript:x"', "ef", "<p>", "</p>", "\xa0", "src", "\t", "{{ 1 }}"),
)
ASKED = (
    *("{{ recipient.name|upper }}", "{% if recipient.code %}VIP{% endif %}", "{{ document }}"),
    *("{{ recipient.none }}", "{% set recipient = document %}"),
)
texts = st.one_of(
    st.lists(st.sampled_from(PRINTED), max_size=9),
    st.lists(st.sampled_from(PRINTED + ASKED), max_size=5),
).map("".join)
plain = st.sampled_from(("Ana", "Persona 12", "Estación S.A.", "Á" * 90, "中文", "ef", "hr", "a."))
strange = st.sampled_from(
    (
        *(
            "O'Leary",
            "A & B",
            "<b>",
            "javascript:x",
            " Ana",
            "Ana ",
            "Ana  B",
            "",
            ".",
            "--",
            "a\nb",
        ),
        *("=", "\u202ex", "n" * 300, "a\u2028b", "x\ue000y", "a\u0301", "Ⅷ", "a\xa0b"),
    )
)
names = st.one_of(
    plain, plain, strange, st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
)


@dataclass
class Letter:
    name: str
    fields: Entry
    language: str = "es"
    channel: str = "email"
    address: str = "ana@cliente.test"
    from_name: str = "Ventas"
    from_address: str = "ventas@estacion.test"
    reply_to: str = ""
    mail_class: str = "report"
    message_id: str = "<01jd@estacion.test>"
    not_before: datetime = field(default=AT)
    sender_id: int = 1


def written(letter: Letter, material: Material) -> bytes | str:
    try:
        return write_out(letter, material)
    except (RenderFailed, MailInvalid) as error:
        return f"{type(error).__name__}: {error}"


def revision(subject: str, html: str, text: str) -> Revision:
    return Revision(pk=1, subject=subject, html=html, text=text, brand={}, language="es")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts, texts, texts, st.lists(st.tuples(names, names), min_size=2, max_size=5))
def test_r5_whatever_the_template_and_the_names_the_bytes_are_the_same(
    subject: str, html: str, text: str, people: list[tuple[str, str]]
) -> None:
    template = revision(subject, html, text)
    shared = Material(template, "rule:1", DATA)
    written(Letter("Nobody", {"code": "1"}), shared)  # from the second on a letter is merged
    for name, code in people:
        letter = Letter(name, {"code": code} if code else {})
        assert written(letter, shared) == written(letter, Material(template, "rule:1", DATA))


@pytest.mark.parametrize(
    "html",
    [
        "<p>{{ recipient.name }}</p>",
        "{% for line in document.lines %}{{ recipient.name }}{% endfor %}",
        '<a href="https://a.test/">{{- recipient.name -}}</a>',
    ],
)
def test_what_only_prints_the_recipient_is_merged(html: str) -> None:
    letter = merge_letter(revision("Hola {{ recipient.name }}", html, ""), DATA, language="es")
    assert letter
    assert letter.values({"name": "Distribuidora del Sur S.A."})
    assert letter.values({"name": "A & B"}) is None, "it is written otherwise in HTML"


@pytest.mark.parametrize("name", ["report", "notice"])
def test_what_is_put_into_the_whole_page_is_there_for_every_reader(name: str) -> None:
    template = revision("", "<body>cid:chart {{ recipient.name }}</body>", "")
    data: Entry = {
        **DATA,
        name: {"whom": "Ana", "why": "gone", "chart": {"sha256": put(b"picture")}},
    }
    shared = Material(template, "rule:1", data)
    for reader in ("Ana", "Luz", "Eva"):
        letter = Letter(reader, {})
        assert written(letter, shared) == written(letter, Material(template, "rule:1", data))


@pytest.mark.parametrize(
    "html",
    [
        "{{ recipient.name|upper }}",
        "{% if recipient.name %}x{% endif %}",
        "{% set x = recipient.name %}{{ x }}",
        "{% for recipient in document.lines %}{{ recipient.description }}{% endfor %}",
        '<a href="{{ recipient.name }}">x</a>',
        '{{ recipient.name }}ef="https://a.test"',
        "{{ recipient.name }}{{ document.nothing }}",
    ],
)
def test_what_asks_more_of_the_recipient_is_written_out_for_each(html: str) -> None:
    assert merge_letter(revision("", html, ""), DATA, language="es") is None
