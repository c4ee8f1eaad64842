"""Documents: what the paper says, whatever the business system holds."""

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from pypdf import PdfReader
from pytest_django import Settings

from emailketing.content.declared import LAYOUTS
from emailketing.content.documents import DocumentFailed, layouts, make_pdf
from emailketing.content.logo import starter_logo
from emailketing.content.look import BrandLook
from emailketing.content.samples import sample_data
from emailketing.sources.connectors.shelf import SHIPPED

BRAND = BrandLook(
    name="Estación Ñu Guasu S.A.",
    tax_id="80098765-4",
    address="Ruta PY02 km 22",
    legal_line="RUC 80098765-4",
    logo=starter_logo("Ñu Guasu"),
)
ORDER = sample_data("purchase_order", "en")


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def order(**values: Any) -> dict[str, Any]:
    data = deepcopy(ORDER)
    data["document"].update(values)
    return data


def lines(count: int) -> list[dict[str, str]]:
    return [
        {
            "code": f"ART-{number:04}",
            "description": f"Artículo {number}",
            "quantity": "2",
            "unit": "un.",
            "unit_price": "1500",
            "total": "3000",
        }
        for number in range(count)
    ]


def paper(
    data: dict[str, Any], *, layout: str = "purchase-order", language: str = "en"
) -> list[str]:
    return pages(make_pdf(layout, data, language=language, brand=BRAND))


def test_a_purchase_order_says_what_the_business_system_says() -> None:
    (page,) = paper(order())
    for words in (
        "Purchase order",
        "OC-0017",
        "24 Nov 2026",
        "27 Nov 2026",
        "Credit, 30 days",
        "Lubricantes del Sur S.A.",
        "RUC 80012345-6",
        "RUC 80098765-4",
        "LUB-0150",
        "Ñandutí oil 15W40",
        "285,000",
        "3,420,000",
        "4.5 box",
        "PYG 4,603,636",
        "IVA 10 % PYG 460,364",
        "PYG 5,064,000",
        "Authorised by",
        "Page 1 of 1",
    ):
        assert words in page, words


def test_a_quotation_says_how_long_it_holds() -> None:
    (page,) = paper(sample_data("quotation", "en"), layout="quotation")
    assert "These prices hold until 9 Dec 2026." in page
    assert "Customer" in page.title()


def test_iva_at_two_rates_is_shown_apart() -> None:
    taxes = [{"name": "IVA 10 %", "amount": "380364"}, {"name": "IVA 5 %", "amount": "80000"}]
    (page,) = paper(order(totals={"untaxed": "1", "tax": "2", "total": "3", "taxes": taxes}))
    assert "IVA 10 % PYG 380,364" in page
    assert "IVA 5 % PYG 80,000" in page


def test_the_header_of_the_lines_comes_again_on_every_page() -> None:
    found = paper(order(lines=lines(120)))
    assert len(found) >= 3
    for number, page in enumerate(found, start=1):
        assert f"Page {number} of {len(found)}" in page
        if "ART-" in page:
            assert "Code Description Quantity" in page
    assert sum(page.count("ART-") for page in found) == 120
    assert "PYG 5,064,000" in found[-1]
    assert "OC-0017" in found[1]


def test_each_page_but_the_last_says_what_is_carried_forward() -> None:
    found = paper(order(lines=lines(120)))
    tables = [page for page in found if "ART-" in page]
    so_far = 0
    for page in tables[:-1]:
        so_far += 3000 * page.count("ART-")
        assert f"Carried forward: PYG {so_far:,}" in page
    assert "Carried forward" not in tables[-1]
    assert len(tables) >= 3


def test_nothing_is_carried_where_one_page_is_enough_or_an_amount_is_missing() -> None:
    assert "Carried forward" not in " ".join(paper(order(lines=lines(14))))
    rows = lines(120)
    rows[3]["total"] = ""
    assert "Carried forward" not in " ".join(paper(order(lines=rows)))


def test_a_payment_order_of_many_invoices_carries_what_is_paid() -> None:
    row = {"number": "001", "date": "2026-11-24", "due_date": "2026-11-25", "total": "5000"}
    data = order(invoices=[row | {"paid": "2000", "balance": "3000"}] * 90)
    found = paper(data, layout="payment-order")
    assert re.search(r"Carried forward: PYG \d+,000", found[0])
    assert "Carried forward" not in found[-1]


@pytest.mark.parametrize(("layout", "least"), [("purchase-order", 1), ("payment-order", 3)])
def test_a_paper_can_be_read_with_the_ears(layout: str, least: int) -> None:
    data = sample_data(layout.replace("-", "_"), "es")
    reader = PdfReader(io.BytesIO(make_pdf(layout, data, language="es", brand=BRAND)))
    root: Any = reader.root_object
    assert root["/Lang"] == "es"
    assert root["/MarkInfo"]["/Marked"]
    assert len(list(_kinds(root["/StructTreeRoot"], "/H1"))) == 1
    headings = [*_kinds(root["/StructTreeRoot"], "/H1"), *_kinds(root["/StructTreeRoot"], "/H2")]
    assert len(headings) >= least
    assert [figure["/Alt"] for figure in _kinds(root["/StructTreeRoot"], "/Figure")] == [BRAND.name]
    assert list(_kinds(root["/StructTreeRoot"], "/TH"))


def _kinds(node: Any, kind: str) -> Iterator[Any]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if not isinstance(node, dict):
        return
    if node.get("/S") == kind:
        yield node
    below = node.get("/K", [])
    below = below.get_object() if hasattr(below, "get_object") else below
    for member in below if isinstance(below, list) else [below]:
        yield from _kinds(member, kind)


def test_five_hundred_lines_are_many_pages_and_more_than_can_be_read_is_refused() -> None:
    assert sum(page.count("ART-") for page in paper(order(lines=lines(500)))) == 500
    with pytest.raises(DocumentFailed, match="3001 lines"):
        paper(order(lines=lines(3001)))


@pytest.mark.parametrize(
    "text",
    [
        '#read("/etc/passwd")',
        "*fat* _lean_",
        "$x^2$",
        "@label <label>",
        "#panic()",
        "\\",
        "]#",
        "//x",
    ],
)
def test_data_is_never_markup(text: str) -> None:
    data = order(notes=text, number=text)
    data["document"]["party"]["name"] = text
    data["document"]["lines"][0]["description"] = text
    (page,) = paper(data)
    assert page.count(text) >= 4


def test_a_note_of_five_megabytes_is_cut_with_a_mark() -> None:
    found = paper(order(notes="palabra " * 700_000))
    assert len(found) <= 4
    assert "(text cut)" in " ".join(found)


def test_a_note_of_nothing_but_line_ends_is_cut_too() -> None:
    assert len(paper(order(notes="a\n" * 100_000))) <= 3


def test_a_word_without_end_stays_on_the_paper() -> None:
    data = order()
    data["document"]["lines"][0].update(code="X" * 300, description="Y" * 300)
    text = "".join(paper(data)).replace(" ", "")
    assert "X" * 300 in text


LONG_NUMBER = "018006956310010010000000122026112910123456789"  # 45 signs
LONG_ADDRESS = "juan.perez.gonzalez.de.la.vega.y.otros@empresa-muy-larga.example.com.py"
LONG_LINK = "https://www.estacion-nu-guasu.example.com.py/contacto/proveedores?id=7"


@pytest.mark.parametrize("layout", ["purchase-order", "quotation", "payment-order", "receipt"])
def test_what_is_copied_out_of_a_paper_is_what_was_put_in(layout: str) -> None:
    data = order(number=LONG_NUMBER, invoices=[{"number": LONG_NUMBER, "date": "2026-11-24",
                 "due_date": "2026-11-25", "total": "123456789", "paid": "123456789",
                 "balance": "123456789"}])  # fmt: skip
    data["document"]["party"] = {"name": "A", "email": LONG_ADDRESS, "website": LONG_LINK}
    reader = PdfReader(io.BytesIO(make_pdf(layout, data, language="es", brand=BRAND)))
    text = "".join(page.extract_text() for page in reader.pages)
    for invisible in ("\u200b", "\xad", "\u2060"):
        assert invisible not in text
    joined = "".join(text.split())
    assert joined.count(LONG_NUMBER) >= (2 if layout in ("payment-order", "receipt") else 1)
    assert LONG_ADDRESS in joined
    assert LONG_LINK in joined
    assert reader.metadata is not None
    assert LONG_NUMBER in str(reader.metadata.title)


def test_invisible_signs_of_the_business_system_do_not_reach_the_paper() -> None:
    (page,) = paper(order(number="OC\u200b-00\xad17\u2060"))
    assert "OC-0017" in page


def test_no_row_ends_between_a_currency_and_its_amount() -> None:
    reader = PdfReader(io.BytesIO(make_pdf("purchase-order", order(), language="en", brand=BRAND)))
    assert "PYG\xa05,064,000" in reader.pages[0].extract_text()


def test_control_signs_and_turned_text_are_left_out() -> None:
    (page,) = paper(order(notes="a\x00b\x1bc\u202egnp.exe"))
    assert "abcgnp.exe" in page


def test_writing_of_other_peoples_does_not_stop_a_document() -> None:
    assert paper(order(notes="שלום مرحبا 😀 文 G̃uarani ỹ ₲ €"))


def test_a_document_without_anything_is_still_a_page() -> None:
    (page,) = pages(make_pdf("purchase-order", {}, language="es", brand=BrandLook()))
    assert page
    paper({"document": {"party": None, "lines": None, "totals": None}})


def test_a_value_that_is_no_amount_is_one_sentence() -> None:
    data = order()
    data["document"]["lines"][0]["total"] = "mucho"
    with pytest.raises(DocumentFailed, match="“mucho”"):
        paper(data)


def test_the_same_data_gives_the_same_bytes() -> None:
    first = make_pdf("purchase-order", order(), language="es", brand=BRAND)
    assert make_pdf("purchase-order", order(), language="es", brand=BRAND) == first


def test_the_instant_of_an_event_may_be_as_exact_as_a_database_keeps_it() -> None:
    data = order() | {"event": {"at": "2026-11-24T21:02:57.477485+00:00"}}
    assert make_pdf("purchase-order", data, language="es", brand=BRAND).startswith(b"%PDF")


def test_without_a_logo_a_mark_is_drawn() -> None:
    (page,) = pages(
        make_pdf("quotation", order(), language="en", brand=BrandLook(name="Itá Ltda."))
    )
    assert page.startswith("IL Itá Ltda. Quotation")


def test_a_damaged_logo_does_not_stop_a_document() -> None:
    look = BrandLook(name="Itá Ltda.", logo=b"\x89PNG\r\n\x1a\nbroken")
    assert "Itá Ltda." in pages(make_pdf("quotation", order(), language="en", brand=look))[0]


@pytest.mark.parametrize("name", ["nothing", "../secret", "/etc/passwd", "", "a.typ", "x/y"])
def test_an_unknown_layout_is_one_sentence(name: str) -> None:
    with pytest.raises(DocumentFailed, match="There is no document layout"):
        make_pdf(name, order(), language="en", brand=BRAND)


def test_a_connector_brings_its_own_layout_with_our_parts(tmp_path: Path) -> None:
    layout = tmp_path / "vale.typ"
    layout.write_text(
        '#import "@emailketing/parts:1.0.0": *\n#show: business-document.with(title: "Vale")\n'
        '#put(data.document.at("branch", default: ""))\n#lines\n'
    )
    (page,) = paper(order(branch="Sucursal 2"), layout=str(layout))
    assert "Sucursal 2" in page
    assert "LUB-0150" in page


def test_the_company_has_layouts_of_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    folder = tmp_path / "layouts"
    folder.mkdir()
    (folder / "vale.typ").write_text("// Vale de combustible\n#sys.inputs.data.len()")
    (folder / "quotation.typ").write_text("x")
    assert layouts()[-1] == ("vale", "Vale de combustible")
    assert [name for name, _title in layouts()].count("quotation") == 1
    assert paper(order(), layout="vale")
    assert "OC-0017" in paper(order(), layout="quotation")[0]


@pytest.mark.parametrize(
    "source",
    [
        '#read("../secret.txt")',
        '#read("/../secret.txt")',
        '#import "@preview/cetz:0.2.0"',
        "#oops()",
    ],
)
def test_s15_a_layout_sees_no_file_outside_its_folder_and_no_network(
    tmp_path: Path, source: str
) -> None:
    (tmp_path / "secret.txt").write_text("s3cret")
    folder = tmp_path / "layouts"
    folder.mkdir()
    (folder / "bad.typ").write_text(source)
    with pytest.raises(DocumentFailed) as refusal:
        make_pdf(str(folder / "bad.typ"), order(), language="en", brand=BRAND)
    assert "s3cret" not in str(refusal.value)
    assert str(refusal.value).count("\n") == 0


def test_every_layout_that_ships_is_listed() -> None:
    shipped = (*LAYOUTS.glob("*.typ"), *SHIPPED.glob("*/*.typ"))  # those of connectors, too
    assert {name for name, _title in layouts()} == {path.stem for path in shipped}


@tries(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(["number", "notes", "conditions", "currency", "label", "date", "party"]),
        st.one_of(st.text(max_size=200), st.none(), st.integers(), st.lists(st.text(max_size=9))),
    )
)
def test_any_text_gives_a_document_or_one_sentence(values: dict[str, Any]) -> None:
    with suppress(DocumentFailed):
        assert make_pdf("purchase-order", order(**values), language="es", brand=BRAND)


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("morning", "expense")), ("pt", ("manhã", "despesa"))]
)
def test_paper_says_shift_and_outgo_in_the_readers_language(
    language: str, words: tuple[str, str]
) -> None:
    data = sample_data("cash_closing", language)
    (page,) = pages(make_pdf("cash-closing", data, language=language, brand=BRAND))
    for word in words:
        assert word in page
    assert "mañana" not in page
    assert "gasto" not in page
