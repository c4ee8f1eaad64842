"""What was seen when every text was looked at in three languages, so that it stays mended."""

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from emailketing.channels.sms.encoding import measure
from emailketing.content.documents import make_pdf
from emailketing.content.formats import plain
from emailketing.content.kinds import declared
from emailketing.content.look import BrandLook
from emailketing.content.render import Rendered, render
from emailketing.content.samples import sample_data
from emailketing.content.save import compile_texts
from emailketing.content.starters import channel_of, starter_texts, starters
from emailketing.content.words import word_of
from emailketing.sources.connectors import load
from emailketing.sources.declared import kinds_on_shelf

LANGUAGES = ("es", "en", "pt")
MAILS = [slug for slug in starters() if channel_of(slug) == "email"]
LONGEST_SUBJECT = 70  # phones show less, lists of mails not much more
LOOK = BrandLook(name="Estación Ñu Guasu S.A.", address="Ruta PY02", phone="+595 21 555 100")


def pages(layout: str, language: str, **document: Any) -> list[str]:
    data = sample_data(layout.replace("-", "_"), language)
    data["document"].update(document)
    pdf = make_pdf(layout, data, language=language, brand=LOOK)
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def said(slug: str, language: str, **document: Any) -> Rendered:
    texts = starter_texts(slug, language)
    with declared(kinds_on_shelf(starters()[slug].document_type)):
        compiled = compile_texts(texts, look=LOOK, language=language)
    data = sample_data(starters()[slug].document_type, language)
    data["document"].update(document)
    return render(compiled, data, language=language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", MAILS)
def test_a_subject_is_short_and_a_text_part_is_tidy(slug: str, language: str) -> None:
    mail = said(slug, language)
    assert len(mail.subject) <= LONGEST_SUBJECT
    rows = mail.text.split("\n")
    assert [row for row in rows if row != "-- " and row != row.rstrip()] == []
    assert "\n\n\n" not in mail.text
    assert ".." not in mail.text.replace("...", "")  # “S.A..”: a name brings its own full stop
    assert [row for row in rows if re.match(r"\s*·|.*:$", row) and row.strip(" ·:") == ""] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_stand_close_and_headings_apart(language: str) -> None:
    text = said("cash-closing", language).text
    first, last = {
        "es": ("Apertura en efectivo", "Por medio de pago"),
        "en": ("Opening cash", "By means of payment"),
        "pt": ("Abertura em dinheiro", "Por meio de pagamento"),
    }[language]
    assert re.search(rf"\n\n{first}: [^\n]+\n[^\n]+: ", text)
    assert f"\n\n{last}\n\n" in text


@pytest.mark.parametrize(
    ("language", "debit", "on_account"),
    [
        ("es", "Tarjeta de débito", "A crédito"),
        ("en", "Debit card", "On account"),
        ("pt", "Cartão de débito", "A prazo"),
    ],
)
def test_means_of_payment_are_told_in_the_readers_words(
    language: str, debit: str, on_account: str
) -> None:
    means = [
        {"name": "Tarjeta de débito", "means": "debit_card", "amount": "5000", "last_week": ""},
        {"name": "A crédito", "means": "credit", "amount": "7000", "last_week": ""},
        {"name": "Vale verde", "amount": "1", "last_week": ""},  # no word of ours: as it is
    ]
    text = said("sales-closing", language, means=means).text
    assert f"{debit}: " in text
    assert f"{on_account}: " in text
    assert "Vale verde: " in text


@pytest.mark.parametrize(
    ("terms", "en", "pt"),
    [
        ("Contado", "Cash", "À vista"),
        ("Crédito 30 días", "30 days credit", "Prazo de 30 dias"),
        ("CRÉDITO A 60 DIAS", "60 days credit", "Prazo de 60 dias"),
        ("30 % al pedido", "30 % al pedido", "30 % al pedido"),
    ],
)
def test_payment_terms_are_told_in_the_readers_words(terms: str, en: str, pt: str) -> None:
    words = load("tryton").words["terms"]
    assert [word_of(terms, language, words) for language in LANGUAGES[1:]] == [en, pt]
    assert en in said("purchase-order", "en", conditions=terms).text


def test_a_long_value_that_changed_may_break_on_a_phone() -> None:
    """At 320 px a note as new value pressed the names beside it into one letter per row."""
    html = said("purchase-order-changed", "es").html
    cells = re.findall(r'<td class="sum told" style="([^"]*)"', html)
    assert cells
    assert all("white-space: normal" in cell and "nowrap" not in cell for cell in cells)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_masked_value_does_not_make_an_sms_cost_three(language: str) -> None:
    pin = {"label": "PIN de la caja", "before": "••••", "after": "••••"}
    text = said("record-changed-sms", language, fields=[pin], is_mass=False).text
    assert "****" in text
    assert measure(text).encoding == "gsm7"
    assert plain("«Auditoría»") == '"Auditoria"'


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", [slug for slug in starters() if channel_of(slug) == "sms"])
def test_a_number_of_45_signs_fits_a_phone_and_costs_no_dear_alphabet(
    slug: str, language: str
) -> None:
    number = "018006956310010010000000122026112910123456789"
    text = said(slug, language, number=number).text
    if "{{ document.number }}" in starter_texts(slug, language).body:
        assert number in text
    assert "\xa0" not in text
    assert measure(text).segments <= 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "slug", ["purchase-order-sms", "purchase-order-changed-sms", "quotation-sms"]
)
def test_an_sms_does_not_point_to_a_mail_that_may_have_failed(slug: str, language: str) -> None:
    """With “e-mail first” it goes out because the mail did not arrive (R30)."""
    text = said(slug, language).text
    assert "mail" not in text.lower()
    assert "correo" not in text.lower()
    assert "+595" in text  # whom to ask instead
    assert measure(text).segments == 1


@pytest.mark.parametrize(
    ("language", "last_week"),
    [("es", "Semana anterior"), ("en", "Last week"), ("pt", "Semana anterior")],
)
def test_without_a_week_before_there_are_no_columns_of_blanks(
    language: str, last_week: str
) -> None:
    assert last_week in " ".join(pages("sales-closing", language))
    assert last_week in said("sales-closing", language).text
    blank = {"total": "", "date": "", "litres": "", "invoices": "", "total_change": ""}
    assert last_week not in " ".join(pages("sales-closing", language, last_week=blank))
    assert last_week not in said("sales-closing", language, last_week=blank).text


@pytest.mark.parametrize("count", range(8, 26))
def test_no_heading_stays_alone_at_the_end_of_a_page(count: int) -> None:
    """With some number of groups the page ends just before the cash closings."""
    group = {"name": "Rubro", "quantity": "1", "total": "1", "last_week": "1", "change": "0"}
    for page in pages("sales-closing", "es", groups=[group] * count):
        heading, till = "Cierres de caja del día" in page, "CC-0731" in page
        assert (heading, "CC-0732" in page) == (till, till)
