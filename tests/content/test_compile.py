"""Mails: the brand's frame, sections, and a text part that can be read by itself."""

import html
import re
from copy import deepcopy
from typing import Any

import pytest
from django.utils import translation

from emailketing.content.compile import Compiled, CompileFailed, compile_revision, to_html
from emailketing.content.kinds import Kinds, declared
from emailketing.content.logo import starter_logo
from emailketing.content.look import BrandLook
from emailketing.content.render import Rendered, render
from emailketing.content.samples import sample_data
from emailketing.content.simple import chunks
from emailketing.content.starters import channel_of, starter_texts, starters
from emailketing.sources.declared import kinds_on_shelf

BRAND = BrandLook(
    name="Estación <Itá> & Cía.",
    address="Ruta 2\nItá",
    email="a@example.com",
    logo=starter_logo("Itá"),
)
MAILS = [slug for slug in starters() if channel_of(slug) == "email"]


def compiled(
    body: str,
    *,
    brand: BrandLook = BRAND,
    language: str = "en",
    kinds: Kinds | None = None,
    **more: str,
) -> Compiled:
    with declared(kinds or {}):
        return compile_revision(
            subject=more.get("subject", "s"),
            preheader=more.get("preheader", ""),
            body=body,
            style=more.get("style", "simple"),
            brand=brand,
            language=language,
        )


def mail(slug: str, language: str, **document: Any) -> Rendered:
    texts = starter_texts(slug, language)
    page = compiled(
        texts.body,
        language=language,
        subject=texts.subject,
        preheader=texts.preheader,
        kinds=kinds_on_shelf(starters()[slug].document_type),
    )
    data = deepcopy(sample_data(starters()[slug].document_type, language))
    data["document"].update(document)
    return render(page, data, language=language)


def words(page: str) -> str:
    shown = re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", shown))


# to colleagues: without the company's name
OUR_OWN = {
    "alert",
    "morning-list",
    "cash-closing",
    "sales-closing",
    "mass-change",
    "record-changed",
    "record-deleted",
    "report",
}
BRIEF = OUR_OWN | {"fuelling", "fuelling-over-limit"}  # many a day: without a greeting


@pytest.mark.parametrize("slug", MAILS)
@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_every_starter_mail_says_the_same_in_both_parts(slug: str, language: str) -> None:
    found = mail(slug, language)
    for part in (words(found.html), found.text):
        number = sample_data(starters()[slug].document_type, language)["document"]["number"]
        greeted = [] if slug in BRIEF else ["Rosa Benítez"]
        for expected in (*greeted, "Estación Ñu Guasu S.A.", number):
            assert expected in part
        assert "{{" not in part
        assert "{%" not in part
        assert "emktag" not in part
        assert "@" not in part.replace("a@example.com", "")
    assert slug in OUR_OWN or found.subject.endswith(" – Estación Ñu Guasu S.A.")


def test_the_text_part_is_a_table_in_line() -> None:
    rows = mail("purchase-order", "en").text.splitlines()
    start = rows.index("-" * 64)
    table = [row for row in rows[start : start + 14] if row and not row.startswith("  ")]
    ends = ("3,420,000", "1,365,000", "279,000", "-" * 64)
    assert {len(row) for row in table if row.endswith(ends)} == {64}
    totals = [row for row in rows if row.startswith("    ")]
    assert [row.split(":")[0].strip() for row in totals] == ["Subtotal", "IVA 10 %", "Total"]
    assert {len(row) for row in totals} == {64}


def test_what_the_business_system_leaves_out_leaves_no_empty_row() -> None:
    found = mail(
        "purchase-order", "en", delivery_date="", conditions=None, notes="", lines=[], totals={}
    )
    for part in (words(found.html), found.text):
        for label in (
            "Delivery date",
            "Payment terms",
            "Notes",
            "Description",
            "Subtotal",
            "Total",
        ):
            assert label not in part


def test_hundreds_of_lines_stay_below_what_large_providers_cut() -> None:
    line = sample_data("purchase_order", "en")["document"]["lines"][0]
    found = mail("purchase-order", "en", lines=[line] * 500)
    assert len(found.html.encode()) < 100_000
    assert "All 500 lines are in the attached document." in found.text


def test_data_is_escaped_in_the_page() -> None:
    found = mail(
        "quotation", "es", notes='<img src="https://spy.example/x.gif">', number="<b>1</b>"
    )
    assert '<img src="https' not in found.html
    assert "&lt;b&gt;1" in found.html
    assert '<img src="https://spy.example/x.gif">' in found.text


def test_the_frame_asks_nobody_for_anything() -> None:
    page = compiled("Hola").html
    links = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"'\s>)]+)""", page)
    assert links == ["cid:logo"]
    assert 'alt="Estación &lt;Itá&gt; &amp; Cía."' in page.replace("<Itá>", "&lt;Itá&gt;")


def test_without_a_logo_the_name_stands_there() -> None:
    page = compiled("Hola", brand=BrandLook(name="Itá")).html
    assert "cid:logo" not in page
    assert "Itá" in words(page)
    assert "{{ company.name }}" in compiled("Hola", brand=BrandLook()).html


def test_the_frame_is_for_outlook_phones_and_the_dark() -> None:
    page = compiled("Hola").html
    assert "<!--[if mso" in page
    assert "prefers-color-scheme: dark" in page
    assert 'lang="en"' in page
    assert "max-width:600px" in page


def test_the_body_is_cut_into_sections_with_their_lines() -> None:
    body = "# Title\nuno\ndos\n\n\n- a\n- b\n[[lines]]\n{% if x %}\nfin\n{% endif %}"
    assert [(chunk.line, chunk.text) for chunk in chunks(body)] == [
        (1, "# Title"),
        (2, "uno\ndos"),
        (6, "- a\n- b"),
        (8, "[[lines]]"),
        (9, "{% if x %}"),
        (10, "fin"),
        (11, "{% endif %}"),
    ]


def test_simple_writing_becomes_a_page_and_a_text() -> None:
    page = compiled("# Hola\n\n**gordo** [ver](https://example.com/a?b=1&c=2)\n\n- uno\n- dos")
    assert "<b>gordo</b>" in page.html
    assert 'href="https://example.com/a?b=1&amp;c=2"' in page.html
    assert "<li>uno</li>" in page.html
    assert page.text.startswith("Hola\n\ngordo ver (https://example.com/a?b=1&c=2)\n\n- uno\n- dos")


def test_a_condition_around_a_paragraph_takes_it_away() -> None:
    body = "uno\n\n{% if document.notes %}\nnota\n{% endif %}\n\ndos"
    page = compiled(body)
    without = render(page, {"document": {"notes": ""}}, language="en")
    assert "nota" not in without.html + without.text
    assert without.text.startswith("uno\n\ndos")
    assert render(page, {"document": {"notes": "x"}}, language="en").text.startswith(
        "uno\n\nnota\n\ndos"
    )


def test_a_button_goes_only_where_a_link_may() -> None:
    assert 'href="https://example.com"' in compiled("[[button: Ver | https://example.com]]").html
    with pytest.raises(CompileFailed, match="https://") as error:
        compiled("a\n\n[[button: Ver | javascript:x()]]")
    assert error.value.line == 3


def test_a_block_that_does_not_exist_is_said_with_its_line() -> None:
    with pytest.raises(CompileFailed, match=r"button, .*lines") as error:
        compiled("a\n\n[[nada]]")
    assert error.value.line == 3


def test_the_same_revision_compiles_to_the_same_bytes() -> None:
    assert compiled("[[lines]]") == compiled("[[lines]]")


MJML = "<mjml><mj-head><mj-preview>{line}</mj-preview></mj-head><mj-body/></mjml>"


@pytest.mark.parametrize(("number", "shown"), [("7", "A & so, & 7"), ("", "A & so")])
def test_the_preview_line_may_hold_statements_and_marks(number: str, shown: str) -> None:
    line = "A & **so**{% if document.number %}, & {{ document.number }}{% endif %}"
    data = {**sample_data("", "en"), "document": {"number": number}}
    for page in (
        compiled("x", preheader=line),
        compiled(MJML.format(line=line.replace("&", "&amp;").replace("**", "")), style="mjml"),
    ):
        preview = re.search(r"display:none[^>]*>([^<]*)<", render(page, data, language="en").html)
        assert preview is not None
        assert html.unescape(preview.group(1)).rstrip("\u2007\u034f ") == shown


@pytest.mark.parametrize("slug", MAILS)
@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_a_mail_can_be_read_with_the_ears(slug: str, language: str) -> None:
    page = mail(slug, language).html
    assert set(re.findall(r'\blang="([^"]*)"', page)) == {language}
    for table in re.findall(r"<table(?![^>]*presentation)[^>]*>(?:(?!<table).)*?</table>", page):
        rows = re.findall(r"<tr.*?</tr>", table)
        assert not rows or 'scope="' in table
        # what names a row or a column is a heading, never a cell that only looks like one
        assert not re.search(r'<td class="(name|label|head|total)"', table)
    assert len(re.findall(r"<th\b", page)) == len(
        re.findall(r'<th\b[^>]*scope="(?:row|col)"', page)
    )
    assert page.count('class="heading"') == len(re.findall(r"<h[234]\b", page))


def test_rows_under_each_other_are_one_table_with_the_loops_around_them() -> None:
    body = (
        "[[row: a | 1]]\n[[row: b | 2]]\n"
        "{% for line in document.lines %}\n{% if line.code %}\n[[row: {{ line.code }} | 3]]\n"
        "{% else %}\n[[row: none | 4]]\n{% endif %}\n{% endfor %}\n\nEnd.\n\n[[row: c | 5]]"
    )
    page = compiled(body).html
    assert len(re.findall(r"<table(?![^>]*presentation)[^>]*>", page)) == 2
    shown = words(render(compiled(body), sample_data("purchase_order", "en"), language="en").html)
    assert re.search(r"a 1 b 2 LUB-0150 3 FIL-0031 3 SEG-0007 3 End\. c 5", shown)


@pytest.mark.parametrize(
    "body",
    [
        "{% if document.notes %}\n[[row: a | 1]]\n\nWords\n{% endif %}\n[[row: b | 2]]",
        "{% for line in document.lines %}\nWords\n\n[[row: a | 1]]\n{% endfor %}",
        "{% if document.notes %}\nWords\n{% else %}\n[[row: a | 1]]\n{% endif %}",
    ],
)
def test_a_statement_that_is_closed_beyond_the_rows_stays_whole(body: str) -> None:
    page = render(compiled(body), sample_data("purchase_order", "en"), language="en").html
    assert page.count("<table") == page.count("</table>")
    assert page.count("<tr") == page.count("</tr>")


def test_the_preview_line_does_not_go_on_with_the_mail() -> None:
    page = compiled("Body", preheader="Look here").html
    assert "Look here\u2007\u034f" in page
    assert page.count("\u034f") >= 50
    assert "\u034f" not in compiled("Body").html
    assert "\u034f" not in compiled("Body", preheader="Look here").text


@pytest.mark.parametrize(
    ("language", "mark"),
    [("es", "(texto cortado)"), ("en", "(text cut)"), ("pt", "(texto cortado)")],
)
def test_what_is_cut_says_so_in_the_readers_language(language: str, mark: str) -> None:
    data = {"document": {"notes": "x" * 30_000}}
    with translation.override("es"):  # the language of the house
        found = render(compiled("{{ document.notes }}"), data, language=language)
    assert mark in found.text


@pytest.mark.parametrize(
    ("mjml", "said"),
    [
        ("<mjml><mj-body><mj-section></mj-body></mjml>", "no está cerrado"),
        ("<mjml></mj-body></mjml>", "revise «</mj-body>»"),
        ("<mjml><mj-body><mj-text a=1></mj-text></mj-body></mjml>", "un atributo"),
    ],
)
def test_what_the_compiler_says_in_english_is_said_in_the_readers_language(
    mjml: str, said: str
) -> None:
    with translation.override("es"), pytest.raises(CompileFailed) as error:
        to_html(mjml, "es")
    assert said in str(error.value)
    assert "unexpected" not in str(error.value)
