"""Saving a template finds what is wrong with it: the line, and what was probably meant."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from emailketing.content.models import Revision, RevisionFrozen, Template
from emailketing.content.save import TemplateInvalid, Texts, save_revision

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(settings: Settings, tmp_path: Path) -> None:
    settings.ATTACHMENTS = tmp_path


@pytest.fixture
def template() -> Template:
    return Template.objects.create(slug="order", name="Orden", document_type="purchase-order")


def save(
    template: Template, body: str, sample: dict[str, Any] | None = None, **more: str
) -> Revision:
    texts = Texts(
        subject=more.get("subject", "Orden {{ document.number }}"),
        preheader=more.get("preheader", ""),
        body=body,
        format=more.get("format", "simple"),
    )
    return save_revision(template, language="es", texts=texts, sample=sample, by="ana", now=NOW)


def refusal(template: Template, body: str, **more: Any) -> TemplateInvalid:
    with pytest.raises(TemplateInvalid) as found:
        save(template, body, **more)
    assert not Revision.objects.exists()
    return found.value


@pytest.mark.parametrize(
    ("body", "line", "meant"),
    [
        ("Hola\n\n{{ document.total }}", 3, "document.totals.total"),
        ("{{ document.totals.totl }}", 1, "document.totals.total"),
        ("{{ docmnt.number }}", 1, "document.number"),
        ("{{ party.name }}", 1, "document.party.name"),
        ("{{ recipient.nombre }}", 1, "recipient.name"),
        (
            "a\n{% for line in document.lines %}\n{{ line.descriptn }}\n{% endfor %}",
            3,
            "line.description",
        ),
        ("{% for l in document.lines[:3]|reverse %}\n{{ l.qty }}{% endfor %}", 2, ""),
        ("{% for t in document.totals.taxes %}\n\n{{ t.amoun }}{% endfor %}", 3, "t.amount"),
        ("{% for line in document.line %}{% endfor %}", 1, "document.lines"),
        ("{{ document.number|upperr }}", 1, "upper"),
        ("{{ document.totals.total|mony }}", 1, "money"),
        ("{% if document.stat == 'x' %}y{% endif %}", 1, "document.state"),
        ("{% if false %}{{ document.numbeer }}{% endif %}", 1, "document.number"),
        ("{% if document.lines is definet %}y{% endif %}", 1, "defined"),
        ("{{ loop.index }}", 1, ""),
        ("{{ number }}", 1, "document.number"),
        ("{{ documento.numero }}", 1, "document.number"),
        ("{{ document.vencimiento }}", 1, ""),
        ("{% set x = document.party %}\n{{ x.nme }}", 2, "x.name"),
        ("[button: Ver | {{ x }}]", 1, ""),
        ("{{ document['numberr'] }}", 1, "document.number"),
        ("{{ 'a' if document.notez else 'b' }}", 1, "document.notes"),
    ],
)
def test_a_wrong_name_is_found_with_its_line_and_what_was_meant(
    template: Template, body: str, line: int, meant: str
) -> None:
    error = refusal(template, body)
    assert error.line == line
    assert f"Line {line}" in str(error)
    assert error.suggestion == (f"Did you mean “{meant}”?" if meant else "")


@pytest.mark.parametrize(
    "body",
    [
        "{% for line in document.lines %}{{ loop.index }} {{ line.code }}"
        "{% if not loop.last %}, {% endif %}{% endfor %}",
        "{% for name, value in document.party|items %}{{ name }} {{ value }}{% endfor %}",
        "{{ document.lines|map(attribute='description')|join(', ') }}",
        "{{ document.lines[0].description }} {{ document['number'] }}",
        "{{ (document.lines|first).code }}",
        "{{ document.lines|length > 3 and 'many' or 'few' }}",
        "{% if document.totals.total is above(1) and document.state in ['a', 'b'] %}x{% endif %}",
        "{% if before.total %}{{ before.total|money }}{% endif %}",
        "{# a note {{ nothing }} #}x",
        "{{ 'document.wrong' }}",
        "{{ document.notes|default('-') }} {{ not document.notes }}",
        "{% if document.notes is not defined %}x{% else %}y{% endif %}",
    ],
)
def test_right_names_are_left_alone(template: Template, body: str) -> None:
    assert save(template, body).number == 1


def test_a_column_of_the_business_system_may_be_named_when_the_sample_has_it(
    template: Template,
) -> None:
    sample = {"number": "1", "vehicle": {"plate": "AAAA 123"}}
    body = "{{ document.vehicle.plate }} {{ document.valid_until|date }}"
    assert save(template, body, sample).number == 1


def test_amounts_are_not_compared_as_texts(template: Template) -> None:
    error = refusal(template, "x\n{% if document.totals.total > 1000 %}y{% endif %}")
    assert error.line == 2
    assert "is above" in str(error)


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("a\n\n{% if document.number %}", 3, ""),
        ("a\n{{ document.number", 2, ""),
        ("a\nb\n[[lineas]]", 3, "lines"),
        ("x\n{% include 'y' %}", 2, "include"),
        ("{% autoescape false %}{{ document.notes }}{% endautoescape %}", 1, "autoescape"),
        ("{% macro x() %}{% endmacro %}", 1, "macro"),
        ("a\n{{ namespace() }}", 2, "namespace"),
        ("a\n{{ document.notes|safe }}", 2, "safe"),
        ("a\n{{ document.pop('number') }}", 2, "pop()"),
        ("{{ document.lines.append(1) }}", 1, "append()"),
        ("{{ (document).items() }}", 1, "items()"),
        ("{{ document.lines|plural('x') }}", 1, "filter"),
        ("{{ document.lines.description }}", 1, "for line in document.lines"),
        ("a\n{{ document.notes|money }}", 1, "is not a number"),
        (
            "a\n{% for i in range(9000) %}{% for j in range(9000) %}x{% endfor %}{% endfor %}",
            2,
            "loop",
        ),
        ("", 1, "empty"),
        ("x" * 200_001, 1, "longer"),
    ],
)
def test_what_cannot_be_written_out_is_refused_in_one_sentence(
    template: Template, body: str, line: int, words: str
) -> None:
    error = refusal(template, body)
    assert words in str(error)
    assert error.line == line
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("a\nBcc: x", "one line"),
        ("x" * 301, "300"),
        ("{{ document.numbeer }}", "Did you mean “document.number”?"),
        ("{% if document.notes == 'x' %}x{% endif %}", "empty"),
    ],
)
def test_a_subject_is_one_line_and_not_empty(template: Template, subject: str, words: str) -> None:
    error = refusal(template, "x", subject=subject)
    assert error.part == "subject"
    assert words in str(error)


def test_a_wrong_name_in_the_preview_line_says_so(template: Template) -> None:
    assert "Preview line" in str(refusal(template, "x", preheader="{{ x }}"))


def mjml(inner: str) -> str:
    head, foot = "<mj-section><mj-column>", "</mj-column></mj-section>"
    return f"<mjml>\n<mj-body>\n{head}\n{inner}\n{foot}</mj-body></mjml>"


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        ("<mj-text><script>alert(1)</script></mj-text>", "<script>"),
        ("<mj-text onclick='x()'>a</mj-text>", "onclick"),
        ("<mj-text><a href='javascript:x()'>a</a></mj-text>", "javascript"),
        ("<mj-text><a href='JaVaScRiPt:x()'>a</a></mj-text>", "https://"),
        ("<mj-text><a href='data:text/html,x'>a</a></mj-text>", "https://"),
        ("<mj-text><img src='https://spy.example/x.gif'></mj-text>", "another server"),
        ("<mj-image src='http://spy.example/x.gif'/>", "another server"),
        ("<mj-text><p style='background:url(http://x)'>a</p></mj-text>", "style"),
        ("<mj-text><p style='position:fixed'>a</p></mj-text>", "style"),
        ("<mj-raw><iframe src='x'></iframe></mj-raw>", "<iframe>"),
        ("<mj-raw><form action='x'></form></mj-raw>", "<form>"),
        ("<mj-raw><svg></svg></mj-raw>", "<svg>"),
        ("<mj-raw><object></object></mj-raw>", "<object>"),
        ("<mj-raw><meta http-equiv='refresh'/></mj-raw>", "<meta>"),
        ("<mj-include path='/etc/passwd'/>", "<mj-include>"),
        ("<mj-texto>a</mj-texto>", "Did you mean “<mj-text>”?"),
        ("<mj-text>a</mj-column>", "not closed"),
        ("<mj-text><b>a</mj-text>", "not closed"),
        ("[[lineas]]", "lines"),
        ("<mj-text>{{ document.totals.totl }}</mj-text>", "document.totals.total"),
    ],
)
def test_s11_mjml_is_held_to_what_a_mail_may_hold(
    template: Template, inner: str, words: str
) -> None:
    error = refusal(template, mjml(inner), format="mjml")
    assert words in str(error)
    assert error.line == 4


@pytest.mark.parametrize("body", ["hello", "<mj-body></mj-body>", "<mjml></mjml>"])
def test_what_is_no_mjml_is_refused(template: Template, body: str) -> None:
    refusal(template, body, format="mjml")


def test_mjml_with_our_blocks_becomes_a_page_and_a_text(template: Template) -> None:
    body = mjml(
        "<mj-text>Hola <b>{{ recipient.name }}</b>, "
        "<a href='https://example.com/{{ document.key }}'>ver</a></mj-text>\n"
        "<mj-raw>[[lines]]</mj-raw>\n{% if document.totals.total is above(1) %}\n"
        "<mj-text>{% if 1 &lt; 2 %}uno{% endif %}</mj-text>\n{% endif %}\n"
        "<mj-table>{% for line in document.lines %}<tr><td>{{ line.code }}</td></tr>"
        "{% endfor %}</mj-table>"
    )
    revision = save(template, body, format="mjml")
    assert "{% for line in document.lines[:60] %}<tr>" in revision.html
    assert "{% for line in document.lines %}<tr>" in revision.html
    assert "{% if 1 < 2 %}uno{% endif %}" in revision.html
    assert (
        "Hola {{ recipient.name }}, ver (https://example.com/{{ document.key }})" in revision.text
    )
    assert "|left(44)" in revision.text
    assert "<mj-" not in revision.html


def test_html_typed_into_the_simple_format_is_shown_as_it_stands(template: Template) -> None:
    revision = save(
        template, 'a <script>x</script> & [x](javascript:y) [ok](https://example.com/"x)'
    )
    assert "<script>x" not in revision.html
    assert 'href="javascript' not in revision.html
    assert 'href="https://example.com/%22x"' in revision.html


def test_a_revision_never_changes_and_the_next_one_is_new(template: Template) -> None:
    first, second = save(template, "uno"), save(template, "dos")
    assert (first.number, second.number) == (1, 2)
    assert template.current("es") == second
    first.body = "tres"
    with pytest.raises(RevisionFrozen):
        first.save()


def test_a_language_that_does_not_exist_is_refused(template: Template) -> None:
    texts = Texts("a", "", "b")
    with pytest.raises(TemplateInvalid, match="“xx”"):
        save_revision(template, language="xx", texts=texts, sample=None, by="ana", now=NOW)
