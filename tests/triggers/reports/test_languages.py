"""Each reader in his language, out of one read (P7, P8): labels, words of the business, lines."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from emailketing.accounts.who import Who
from emailketing.cli.show import clock
from emailketing.content.sheet.kept import open_kept
from emailketing.content.store import get
from emailketing.links.models import SignedLink
from emailketing.listings.models import Listing
from emailketing.listings.save import save_listing
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.material import material_of
from emailketing.outbox.queueing.write_out import Material, words_of
from emailketing.triggers.reports.models import Report, ReportRun
from emailketing.triggers.reports.running.read import kept_file
from tests.triggers.reports.cast import NOW, ReportCast, messages, rows_in
from tests.triggers.reports.test_pages import allow_links, look, path_of, text_of, visitor

__all__ = ["visitor"]
pytestmark = pytest.mark.django_db
READERS = {"en": "boss@shop.example", "pt": "chefe@shop.example", "es": "jefe@shop.example"}
TO_ALL = [
    {"kind": "address", "value": address, "language": language}
    for language, address in READERS.items()
]
WORDED = """
[words.sellers]
"tarde" = { es = "turno tarde", en = "afternoon shift", pt = "turno da tarde" }
"caja {number}" = { es = "Caja {number}", en = "Till {number}", pt = "Caixa {number}" }
[listings.worded]
label = { es = "Ventas por estado", en = "Sales by state", pt = "Vendas por estado" }
query = "worded.sql"
[[listings.worded.fields]]
path = "state"
label = { es = "Estado", en = "State", pt = "Situação" }
[listings.worded.fields.choices]
P = { es = "Pagada", en = "Paid", pt = "Quitada" }
D = { es = "Debida", en = "Due", pt = "Vencida" }
[[listings.worded.fields]]
path = "seller"
label = { es = "Vendedor", en = "Seller", pt = "Vendedor" }
words = "sellers"
[[listings.worded.fields]]
path = "total"
label = { es = "Importe", en = "Amount", pt = "Valor" }
type = "money"
total = "sum"
[listings.result]
label = { es = "Resultado", en = "Result", pt = "Resultado do dia" }
[listings.result.statement.sums.sold]
table = "sale"
date = "day"
amount = "total"
fields = { day = { kind = "date" }, total = { kind = "number" } }
[[listings.result.statement.lines]]
name = "income"
label = { es = "Ingresos", en = "Income", pt = "Receita" }
sum = "sold"
by = "branch"
[[listings.result.statement.columns]]
name = "amount"
label = { es = "Importe", en = "Amount", pt = "Valor" }
period = "yesterday"
[[tables]]
names = ["sale"]
[audit.tables.sale]
label = "Venta"
record = "{id}"
[audit.tables.sale.columns.branch]
label = { es = "Estado", en = "State", pt = "Situação" }
[audit.tables.sale.columns.branch.choices]
P = { es = "Pagada", en = "Paid", pt = "Quitada" }
D = { es = "Debida", en = "Due", pt = "Vencida" }
"""
STATES = {"en": ("Due", "Paid"), "pt": ("Quitada", "Vencida"), "es": ("Debida", "Pagada")}
HEADS = {"en": "State", "pt": "Situação", "es": "Estado"}
SOLD = (("P", "TARDE", 300), ("D", "caja 2", 50), ("X", "ana", 7))


@pytest.fixture
def worded(cast: ReportCast) -> ReportCast:
    with (cast.connector / "connector.toml").open("a") as file:
        file.write(WORDED)
    (cast.connector / "worded.sql").write_text(
        "SELECT branch AS state, seller, total FROM sale ORDER BY id"
    )
    cast.sell(*SOLD)
    return cast


def sent(cast: ReportCast, **more: Any) -> dict[str, Message]:
    """Send the report; return language → the message to who reads it."""
    report = cast.report(**({"recipients": TO_ALL} | more))
    run = cast.run(report)
    assert run.state == "sent", run.reason
    found = messages()
    assert [one.language for one in found] == [*READERS]
    return {one.language: one for one in found}


def table_in(material: Material, language: str) -> list[list[str]]:
    file = next(f for f in material.files_for(language) if f.file_name.endswith(".csv"))
    text = get(file.sha256).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter="," if language == "en" else ";"))


def test_choices_and_words_of_a_connector_in_every_form(worded: ReportCast) -> None:
    by_language = sent(
        worded, listing="shop.worded", files=["pdf", "xlsx", "csv"], order=[["state", False]],
        group_by="state", chart={"kind": "bars", "label": "state", "values": ["total"]},
    )  # fmt: skip
    sellers = {
        "en": ("afternoon shift", "Till 2"),
        "pt": ("turno da tarde", "Caixa 2"),
        "es": ("turno tarde", "Caja 2"),
    }
    for language, message in by_language.items():
        material = material_of(message)
        words = words_of(message, material)
        others = {word for each in READERS if each != language for word in STATES[each]}
        forms = {
            "html": words.html,
            "text": words.text,
            "csv": "\n".join(map(" ".join, table_in(material, language))),
        }
        for file in material.files_for(language):
            if file.file_name.endswith(".pdf"):
                pages = PdfReader(io.BytesIO(get(file.sha256))).pages
                forms["pdf"] = "\n".join(page.extract_text() for page in pages)
            if file.file_name.endswith(".xlsx"):
                sheet = load_workbook(io.BytesIO(get(file.sha256))).worksheets[0]
                cells = (cell for row in sheet.values for cell in row)
                forms["xlsx"] = " ".join(map(str, cells))
        assert set(forms) == {"html", "text", "csv", "pdf", "xlsx"}
        for form, text in forms.items():
            for word in (*STATES[language], *sellers[language], HEADS[language], "ana"):
                assert word in text, (language, form)
            assert not [word for word in others if word in text], (language, form)
        # sorted as he reads it, not as another does
        assert [row[0] for row in rows_in(message)] == [*STATES[language], "X"]
        assert [row[0] for row in table_in(material, language)[1:]] == [*STATES[language], "X"]
        chart = message.dispatch.data["report"]["in_language"][language]["chart"]
        assert STATES[language][0] in chart["alt"]


def test_the_phone_has_his_labels_and_the_page_his_words(
    worded: ReportCast, visitor: Client
) -> None:
    allow_links()
    by_language = sent(worded, listing="shop.worded")
    SignedLink.objects.update(expires_at=clock() + timedelta(days=1))
    figures = {"en": "Amount", "pt": "Valor", "es": "Importe"}
    for language, message in by_language.items():
        view = message.dispatch.data["report"]["in_language"][language]
        assert figures[language] in view["phone"]
        page = look(visitor, path_of(READERS[language]), by="state")
        said = text_of(page)
        first, second = STATES[language]
        assert 0 < said.index(f"{first}|") < said.index(f"{second}|")


def test_a_clicked_listing_with_choices(worded: ReportCast) -> None:
    listing = Listing(name="Clicked", source=worded.source, kind="clicked")
    listing.definition = {
        "table": "sale",
        "columns": [
            {"name": "branch", "field": "branch"},
            {"name": "total", "field": "total", "aggregate": "sum", "kind": "money"},
        ],
    }
    save_listing(listing, by=Who("t"), now=NOW)
    for language, message in sent(worded, listing=listing.slug).items():
        head = message.dispatch.data["report"]["in_language"][language]["head"]
        assert head[0]["label"] == HEADS[language]
        assert {row[0] for row in rows_in(message)} == {*STATES[language], "X"}


def test_the_lines_and_figures_of_a_statement(worded: ReportCast) -> None:
    lines = {"en": "Income", "pt": "Receita", "es": "Ingresos"}
    titles = {"en": "Result", "pt": "Resultado do dia", "es": "Resultado"}
    by_language = sent(
        worded, name="Result", listing="shop.result", figures=["income.amount"],
        chart={"kind": "bars", "label": "line", "values": ["amount"]},
    )  # fmt: skip
    for language, message in by_language.items():
        view = message.dispatch.data["report"]["in_language"][language]
        firsts = {row[0].strip("\xa0 ") for row in rows_in(message)}
        assert firsts == {lines[language], *STATES[language], "X"}
        assert view["figures"][0]["label"] == lines[language]
        assert lines[language] in view["phone"]
        assert lines[language] in view["chart"]["alt"]
        assert view["title"] == titles[language]


@pytest.mark.parametrize("named", ["P", "Paid", "quitada", "Pagada"])
def test_p8_whose_a_row_is_does_not_hang_on_a_language(worded: ReportCast, named: str) -> None:
    own = {"kind": "address", "value": "own@shop.example", "language": "pt"}
    people = {named: [own]}
    report = worded.report(
        listing="shop.worded", rows_by={"column": "state", "kind": "people", "people": people}
    )
    worded.run(report)
    boss, share = messages()
    assert [row[0] for row in rows_in(share)] == ["Quitada"]
    assert share.dispatch.document_label.startswith("Sales of the day · Paid")
    view = share.dispatch.data["report"]["in_language"]["pt"]
    assert view["title"] == "Sales of the day · Quitada"
    assert len(rows_in(boss)) == len(SOLD)
    assert ReportRun.objects.get().unowned == [["Due", 1], ["X", 1]]


def test_what_is_kept_is_as_the_business_has_it(worded: ReportCast) -> None:
    """The same rows give the same fingerprint, whatever the company reads."""
    report = Report.objects.get(pk=worded.report(listing="shop.worded", only_changed=True).pk)
    run = worded.run(report)
    kept = open_kept(kept_file(run.pk))
    assert [tuple(map(str, row)) for row in kept.rows()] == [tuple(map(str, r)) for r in SOLD]
    assert [row[0] for row in kept.said_in("pt").rows()] == ["Quitada", "Vencida", "X"]
    first = ReportRun.objects.get().fingerprint
    worded.company.language = "pt"
    worded.company.save()
    again = worded.run(report, NOW + timedelta(days=1))
    assert again.state == "empty"
    assert ReportRun.objects.get(run=again).fingerprint == first
