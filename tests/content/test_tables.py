"""Blocks about any list and any value of a document, and amounts in words."""

from typing import Any

import pytest

from emailketing.content.compile import CompileFailed, compile_revision
from emailketing.content.kinds import declared
from emailketing.content.look import BrandLook
from emailketing.content.render import Rendered, RenderFailed, render
from emailketing.content.samples import sample_data
from emailketing.sources.declared import kinds_on_shelf


def payment(body: str, language: str = "en", **document: Any) -> Rendered:
    with declared(kinds_on_shelf("payment_order")):
        compiled = compile_revision(
            subject="x",
            preheader="",
            body=body,
            style="simple",
            brand=BrandLook(),
            language=language,
        )
    data = sample_data("payment_order", language)
    data["document"].update(document)
    return render(compiled, data, language=language)


TABLE = "[[table: invoices | Invoice: number + date | Paid: paid]]"


def test_any_list_becomes_a_table_in_both_parts() -> None:
    found = payment(TABLE)
    rows = found.text.split("\n")
    assert rows[0].split() == ["Invoice", "Paid"]
    assert rows[2].split() == ["001-002-0045871", "PYG", "3,420,000"]
    assert rows[3] == "  20 Oct 2026"
    assert len(rows[2]) == len(rows[1]) == 64
    for words in ("001-002-0046110", "27 Oct 2026", "PYG\xa01,644,000"):
        assert words in found.html


LONG_NUMBER = "018006956310010010000000122026112910123456789"  # electronic invoices: 44 digits


@pytest.mark.parametrize(
    "block",
    [
        TABLE,
        "[[table: invoices | Invoice: number | Due: due_date | Paid: paid | Left: balance]]",
        "[[facts: Number: number]]",
        "[[summary]]",
    ],
)
def test_a_number_of_45_signs_is_whole_in_both_parts(block: str) -> None:
    row = {"number": LONG_NUMBER, "date": "2026-10-20", "due_date": "2026-10-21", "paid": "5"}
    found = payment(block, number=LONG_NUMBER, invoices=[row | {"balance": "7"}])
    assert LONG_NUMBER in found.html
    assert LONG_NUMBER in found.text
    assert "…" not in found.text
    cell = found.html[: found.html.index(LONG_NUMBER)].rpartition("<")[2]
    assert "nowrap" not in cell  # it would make a phone's page as wide as itself
    if "Paid" in block:
        last = "7" if "Left" in block else "5"
        (amounts,) = [row for row in found.text.split("\n") if row.split()[-1:] == [last]]
        assert len(amounts) == 64  # in its own column still


def test_a_table_without_rows_is_no_table() -> None:
    found = payment(f"Hello\n\n{TABLE}", invoices=[])
    assert "Invoice" not in found.html
    assert "Invoice" not in found.text


def test_small_values_are_joined_without_the_empty_ones() -> None:
    body = "[[table: means | Paid by: means + bank + number + date | Amount: amount]]"
    found = payment(body, means=[{"means": "cash", "bank": "", "number": "", "date": "",
                                  "amount": "5"}])  # fmt: skip
    assert "·" not in found.html + found.text.split("-- ")[0]
    assert "Cash" in found.html
    assert "Banco Itaú · 4471208 · 27 Nov 2026" in payment(body).html


def test_facts_and_amounts_leave_out_what_is_empty() -> None:
    facts = "[[facts: Pay on: pay_date | At: branch]]"
    body = f"{facts}\n\n[[amounts: Total: totals.total | Net: totals.net]]"
    found = payment(body, branch="")
    assert "27 Nov 2026" in found.html
    assert ">At<" not in found.html
    assert "Total:" in found.text
    assert "PYG\xa04,925,891" in found.html


@pytest.mark.parametrize(
    "block",
    [
        "[[table: invoices]]",
        "[[table: invoices | number]]",
        "[[table: invoices | N: number(1)]]",
        "[[table: {{ x }} | N: number]]",
        "[[table: a | 1: b | 2: c | 3: d | 4: e | 5: f]]",
        "[[facts]]",
        "[[facts: x: a + b]]",
        "[[amounts: : totals.net]]",
    ],
)
def test_a_block_written_wrongly_shows_how_it_is_written(block: str) -> None:
    with pytest.raises(CompileFailed, match=r"Write the block as “\[\["):
        payment(block)


def test_a_column_that_is_not_there_is_said() -> None:
    with pytest.raises(RenderFailed, match="not there"):
        payment("[[table: invoices | N: nombre]]")


def test_an_amount_is_written_out_in_the_readers_language() -> None:
    body = "{{ document.totals.net|words(document.currency) }}"
    assert "cuatro millones novecientos veinticinco mil" in payment(body, "es").text
    assert payment(body, "en", currency="USD").text.startswith("four million")
