"""What mails, phone texts and paper say of orders, payments and receipts, in three languages."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from emailketing.channels.sms.encoding import measure
from emailketing.content.compile import compile_revision
from emailketing.content.documents import DocumentFailed, make_pdf
from emailketing.content.kinds import declared
from emailketing.content.look import BrandLook
from emailketing.content.render import Rendered, render
from emailketing.content.samples import sample_data
from emailketing.content.save import compile_texts
from emailketing.content.starters import layout_of, starter_texts, starters
from emailketing.sources.declared import kinds_on_shelf


def sample(kind: str, language: str, **document: Any) -> dict[str, Any]:
    data = sample_data(kind, language)
    totals = {**data["document"]["totals"], **document.pop("totals", {})}
    data["document"].update(document, totals=totals)
    return data


def said(slug: str, language: str = "es", **document: Any) -> Rendered:
    texts = starter_texts(slug, language)
    with declared(kinds_on_shelf(starters()[slug].document_type)):
        compiled = compile_texts(texts, look=BrandLook(name="Ñu Guasu"), language=language)
    data = sample(starters()[slug].document_type, language, **document)
    return render(compiled, data, language=language)


def paper(slug: str, language: str = "es", **document: Any) -> str:
    data = sample(starters()[slug].document_type, language, **document)
    pdf = make_pdf(layout_of(slug), data, language=language, brand=BrandLook(name="Ñu Guasu"))
    reader = PdfReader(io.BytesIO(pdf))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_a_receipt_whose_system_knows_no_balance_shows_no_empty_column() -> None:
    """Under “Saldo” nothing would read as nothing owed."""
    row = {"number": "FV-1", "date": "2026-11-20", "total": "100000", "paid": "50000"}
    without = said("collection", invoices=[row])
    assert "Saldo" not in without.text
    assert "Saldo" not in without.html
    assert "50.000" in without.text
    settled = said("collection", invoices=[row | {"balance": "0"}, row])
    assert "Saldo" in settled.text
    assert "Saldo" in settled.html


@pytest.mark.parametrize(
    ("language", "word", "second"),
    [
        ("es", "Recordatorio: factura", "2.º recordatorio: factura"),
        ("en", "Reminder: invoice", "Reminder no. 2: invoice"),
        ("pt", "Lembrete: fatura", "2º lembrete: fatura"),
    ],
)
def test_a_reminder_says_in_its_subject_that_it_is_one(
    language: str, word: str, second: str
) -> None:
    texts = starter_texts("payment-reminder", language)
    data = sample("unpaid_sale", language, balance="100000", due_date="2026-11-01")
    subjects = []
    for number in ("", 1, 2):
        data["reminder"] = {"days": 3, "number": number, "of": 3}
        compiled = compile_texts(texts, look=BrandLook(name="Ñu Guasu"), language=language)
        subjects.append(render(compiled, data, language=language).subject)
    assert [subject.startswith(word) for subject in subjects] == [True, True, False]
    assert subjects[2].startswith(second)


@pytest.mark.parametrize(
    ("language", "words", "signs", "net"),
    [
        ("es", "Cuatro millones novecientos veinticinco mil ochocientos noventa y un guaraníes.",
         "Recibí conforme", "Gs. 4.925.891"),
        ("en", "Four million nine hundred twenty-five thousand eight hundred ninety-one guaranies.",
         "Received in full", "PYG 4,925,891"),
        ("pt", "Quatro milhões novecentos e vinte e cinco mil oitocentos e noventa e um guaranis.",
         "Recebi conforme", "Gs. 4.925.891"),
    ],
)  # fmt: skip
def test_a_payment_order_is_paper_to_be_signed(
    language: str, words: str, signs: str, net: str
) -> None:
    page = paper("payment-order", language)
    for expected in (words, signs, net, "OP-000241", "Banco Itaú 4471208", "RET-000241",
                     "001-002-0046110", "110047235", "Sonia Fleitas Valdez"):  # fmt: skip
        assert expected in page, expected
    mail = said("payment-order", language)
    assert net in mail.text
    assert words[1:-1] in mail.text
    assert signs in mail.text


def test_a_payment_in_dollars_has_cents_and_a_rate() -> None:
    page = paper(
        "payment-order",
        currency="USD",
        rate="7350.00",
        totals={"total": "1200.50", "withheld": "0.00", "net": "1200.50"},
        withholdings=[],
    )
    assert "Mil doscientos dólares con 50/100." in page
    assert "USD 1.200,50" in page
    assert "Cotización 7.350" in page.replace("7.350,00", "7.350")
    assert "Retenido" not in page
    mail = said("payment-order", currency="USD", totals={"net": "1200.50", "withheld": "0.00"})
    assert "mil doscientos dólares con 50/100" in mail.text
    assert "Retención:" not in mail.text


def test_hundreds_of_invoices_are_many_pages_and_too_many_are_refused() -> None:
    bill = sample("payment_order", "es")["document"]["invoices"][0]
    many = [{**bill, "number": f"F-{number:05}"} for number in range(300)]
    assert paper("payment-order", invoices=many).count("F-00") == 300
    with pytest.raises(DocumentFailed, match="3001"):
        paper("payment-order", invoices=many * 10 + many[:1])


@pytest.mark.parametrize("text", ['#read("/etc/passwd")', "*b* _i_ $x$", "]#panic()", "x" * 300])
def test_what_a_business_system_holds_is_never_markup(text: str) -> None:
    means = [{"means": text, "bank": text, "number": text, "date": text, "amount": text}]
    page = paper("payment-order", means=means, prepared_by=text, branch=text, rate=text)
    assert text[:20] in page.replace("\u200b", "").replace(" ", "") or text in page


def test_a_document_that_lacks_everything_still_is_a_page() -> None:
    for layout in ("payment-order", "receipt", "purchase-order-changed"):
        assert make_pdf(layout, {}, language="es", brand=BrandLook()).startswith(b"%PDF")


KINDS = ("payment_order", "collection", "purchase_order", "quotation")
LESS: dict[str, Any] = {
    "number": "P-7",
    "date": "2026-11-24",
    "currency": "USD",
    "party": {"name": "Itá Ltda."},
    "totals": {"total": "100.10", "net": "100.10"},
    "invoices": [{"number": "F-1", "paid": "100.10"}],
    "means": [{"means": "transfer", "bank": "Banco", "amount": "100.10"}],
}


@pytest.mark.parametrize("language", ["es", "en", "pt"])
@pytest.mark.parametrize(
    "slug", [s for s in starters() if starters()[s].document_type in KINDS[:2]]
)
def test_another_business_system_gives_less_and_it_still_is_written(
    slug: str, language: str
) -> None:
    """Tryton knows no account, no branch, no withholding."""
    texts = starter_texts(slug, language)
    with declared(kinds_on_shelf(starters()[slug].document_type)):
        compiled = compile_texts(texts, look=BrandLook(), language=language)
    data = {**sample_data("", language), "document": LESS}
    found = render(compiled, data, language=language)
    assert "P-7" in found.text
    if layout := layout_of(slug):
        assert make_pdf(layout, data, language=language, brand=BrandLook())


def test_guaranies_have_no_rate_on_paper() -> None:
    assert "Cotización" not in paper("payment-order")


def test_a_payment_by_transfer_asks_for_no_visit() -> None:
    mail = said("payment-order", in_person=False)
    assert "se transfiere" in mail.text
    assert "Para retirar" not in mail.text
    assert "Para retirar" in said("payment-order").text


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_a_receipt_says_means_invoices_advance_and_words(language: str) -> None:
    page = paper("collection", language)
    for expected in ("REC-001-0000318", "Banco GNB", "001-001-0013012", "Patricia Vera Sosa"):
        assert expected in page
    for amount in ("1.000.000", "500.000", "800.000", "1.300.000", "200.000", "1.500.000"):
        assert (amount.replace(".", ",") if language == "en" else amount) in page
    assert paper("collection-balance", language) == page  # the paper never says the balance


def test_a_receipt_without_advance_or_without_invoices() -> None:
    assert "Anticipo" not in paper("collection", totals={"advance": "0", "applied": "1500000"})
    page = paper("collection", invoices=[], totals={"advance": "1500000", "applied": "0"})
    assert "Sin factura" in page
    mail = said("collection", invoices=[], totals={"advance": "1500000", "applied": "0"})
    assert "Factura" not in mail.text
    assert "Quedan Gs. 1.500.000 como anticipo" in mail.text
    assert "anticipo" not in said("collection", totals={"advance": "0"}).text


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_the_balance_is_said_only_where_the_rule_takes_that_text(language: str) -> None:
    amount = "PYG 1,777,000" if language == "en" else "Gs. 1.777.000"
    for slug in ("collection", "collection-sms"):
        assert amount not in said(slug, language, balance="1777000").text
        with_it = slug.replace("collection", "collection-balance")
        assert amount in said(with_it, language, balance="1777000").text
        assert amount[:4] + "0" not in said(with_it, language, balance="0").text.split("\n")[0]
    nothing = said("collection-balance", "es", balance="0").text
    assert "no le queda ningún saldo" in nothing


SHORT = [s for s in starters() if s.endswith("-sms") and starters()[s].document_type in KINDS]


@pytest.mark.parametrize("language", ["es", "en", "pt"])
@pytest.mark.parametrize("slug", SHORT)
def test_a_phone_text_fits_one_message_when_plain(slug: str, language: str) -> None:
    assert measure(said(slug, language).text, plain=True).segments == 1


LONG = "Transportes y Logística del Paraguay Sociedad Anónima Emisora de Capital Abierto"
PAYING = [s for s in SHORT if starters()[s].document_type in ("payment_order", "collection")]


@pytest.mark.parametrize("language", ["es", "en", "pt"])
@pytest.mark.parametrize("slug", PAYING)
def test_long_names_cost_no_second_message(slug: str, language: str) -> None:
    data = sample(starters()[slug].document_type, language)
    data["document"]["party"]["name"] = data["document"]["branch"] = data["company"]["name"] = LONG
    amounts = dict.fromkeys(("total", "net", "applied", "advance"), "999999999")
    data["document"] |= {"totals": data["document"]["totals"] | amounts, "balance": "999999999"}
    texts = starter_texts(slug, language)
    compiled = compile_revision(
        subject="", preheader="", body=texts.body, style="short", brand=BrandLook(), language="es"
    )
    found = measure(render(compiled, data, language=language).text)
    assert (found.encoding, found.segments) == ("gsm7", 1), found


def test_the_thanks_on_the_phone() -> None:
    assert said("collection-sms").text == (
        # without the accents that would make it two messages (á is not in an SMS's alphabet)
        "Gracias, Transportes Guarani S.R.L.: recibimos Gs. 1.500.000, recibo REC-001-0000318. "
        "Estacion Ñu Guasu S.A."
    )


@pytest.mark.parametrize(
    ("language", "replaces", "sent", "quantity", "added"),
    [
        ("es", "Esta orden reemplaza a la enviada el 23 de noviembre de 2026", "23/11/2026",
         "Cantidad", "agregado"),
        ("en", "This order replaces the one sent on 23 November 2026", "23 Nov 2026",
         "Quantity", "added"),
        ("pt", "Esta ordem substitui a enviada em 23 de novembro de 2026", "23/11/2026",
         "Quantidade", "acrescentado"),
    ],
)  # fmt: skip
def test_a_changed_order_says_what_was_and_what_is(
    language: str, replaces: str, sent: str, quantity: str, added: str
) -> None:
    mail = said("purchase-order-changed", language)
    assert replaces in mail.text
    assert f"({quantity}): 10 → 12\n" in mail.text
    price = "PYG 285,000" if language == "en" else "Gs. 285.000"
    assert f"→ {price}" in mail.text
    assert f"· {added}): — → 4" in mail.text
    for words in (quantity, added, price.replace(" ", "\xa0")):
        assert words in mail.html
    page = paper("purchase-order-changed", language)
    assert sent in page
    title, version = {
        "es": ("Orden de compra modificada", "versión 2"),
        "en": ("Changed purchase order", "version 2"),
        "pt": ("Ordem de compra alterada", "versão 2"),
    }[language]
    assert title in page
    assert f"OC-0017, {version}" in page


def test_an_amount_told_in_another_currency_keeps_its_sign() -> None:
    """“Total: 100 → 730.000” of an order that went from dollars to guaraníes (#10)."""
    row = {"label": {"es": "Total"}, "item": "", "kind": "money", "op": "changed"}
    told = {**row, "was": "100", "now": "730000", "currency_was": "USD"}
    mail = said("purchase-order-changed", changes=[told])
    assert "USD 100,00 → Gs. 730.000" in mail.text
    assert "USD\xa0100,00" in mail.html


def test_an_order_that_was_never_told_replaces_nothing_on_paper() -> None:
    assert "reemplaza" not in paper("purchase-order")
    first = paper("purchase-order-changed", sent_at="", changes=[])
    assert "reemplaza" not in first
    assert "modificada" not in first
    assert "versión" not in first


def test_a_cancelled_order_has_no_paper_and_says_why() -> None:
    mail = said("purchase-order-cancelled")
    assert "queda sin efecto" in mail.text
    assert "Motivo: El pedido se hace por otra sucursal" in mail.text
    assert layout_of("purchase-order-cancelled") == ""
    assert "Motivo" not in said("purchase-order-cancelled", reason="").text


@pytest.mark.parametrize(
    ("language", "word"), [("es", "«Acepto»"), ("en", "“I accept”"), ("pt", "“Aceito”")]
)
def test_a_quotation_is_accepted_by_an_answer_and_without_a_link(language: str, word: str) -> None:
    mail = said("quotation", language)
    assert word in mail.text
    assert "Carolina Benítez Acosta" in mail.text
    assert "http" not in mail.text.split("-- ")[0]
    assert "Carolina" not in said("quotation", language, seller="").text
