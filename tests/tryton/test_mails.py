"""A quotation and a confirmed order each give exactly one mail with the right PDF (point 16)."""

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.tryton.conftest import Station
from tests.tryton.house import FALLBACK
from tests.tryton.relay import Mail, wait_until

pytestmark = [pytest.mark.tryton, pytest.mark.smtpsink]
SUPPLIER = "Distribuidora Ñandutí S.A."
CUSTOMER = "Transportes del Chaco S.A."
LINES = [["C-001", 100, "6950"], ["L-015", 3, "142500.5"], ["S-003", 7, "11250.25"]]
WORDS = {"purchase": "Orden de compra", "sale": "Presupuesto"}


def label(shown: dict[str, Any]) -> str:
    return f"{WORDS[shown['kind']]} {shown['number']}"


def guaranies(amount: str) -> str:
    return f"{int(Decimal(amount)):,}".replace(",", ".")


def confirm(station: Station, **more: Any) -> dict[str, Any]:
    wish = {"kind": "purchase", "party": SUPPLIER, "lines": LINES, "until": "confirmed"} | more
    return station.ana.ask("order", **wish)


def the_only_mail(station: Station, shown: dict[str, Any]) -> Mail:
    """Wait for the mail, then until nothing is left to do, and see that there is no other."""
    station.relay.wait_for(shown["number"])
    assert_mails(station, shown, 1)
    return station.relay.about(shown["number"])[0]


def assert_mails(station: Station, shown: dict[str, Any], count: int) -> None:
    wait_until(lambda: station.house.has_read(station.slug, station.erp))
    assert len(station.house.messages(label(shown), station.slug)) == count
    assert station.house.events(label(shown), station.slug) == count
    assert len(station.relay.about(shown["number"])) == count


def assert_figures(shown: dict[str, Any], text: str) -> None:
    """Everything the ERP shows stands in the PDF, line by line."""
    for line in shown["lines"]:
        assert line["product"] in text
        assert guaranies(line["amount"]) in text
    for amount in ("untaxed", "tax", "total"):
        if amount != "tax":
            assert f"Gs. {guaranies(shown[amount])}" in text
    printed = [int(found.replace(".", "")) for found in re.findall(r"IVA \d+% Gs\. ([\d.]+)", text)]
    assert sum(printed) == int(shown["tax"])


def test_a_confirmed_order_gives_one_mail_with_its_pdf(station: Station) -> None:
    shown = confirm(station)
    mail = the_only_mail(station, shown)
    assert mail.to == "ventas@nanduti.test"
    assert label(shown) in mail.subject
    assert shown["party"] in mail.pdf
    assert "80012345-0" in mail.pdf
    assert_figures(shown, mail.pdf)
    assert guaranies(shown["total"]) in mail.text


def test_a_quotation_gives_one_mail_with_its_pdf(station: Station) -> None:
    """The total is not stored in the ERP yet: it is computed as the ERP shows it (erp.md 3.2.3)."""
    shown = confirm(station, kind="sale", party=CUSTOMER, until="quotation")
    mail = the_only_mail(station, shown)
    assert mail.to == "compras@chaco.test"
    assert label(shown) in mail.subject
    assert_figures(shown, mail.pdf)


def test_an_order_left_as_draft_gives_none(station: Station) -> None:
    """The header comes before its lines and without a number (erp.md 3.2.2): nothing to send."""
    draft = confirm(station, until="draft")
    assert draft["number"] is None
    sent = confirm(station)
    the_only_mail(station, sent)
    key = f"document_key = '{draft['id']}' AND document_type = 'purchase_order'"
    query = f"SELECT count(*) FROM events_event WHERE {key} AND source = '{station.slug}'"  # noqa: S608 - test data
    assert station.house.rows(query) == [(0,)]


@pytest.mark.parametrize(
    ("do", "more"),
    [
        ("change", {"comment": "Llamar antes de venir", "reference": "R-7"}),
        ("touch", {}),
    ],
    ids=["saved again", "write_date only"],
)
def test_what_happens_to_a_sent_order_gives_no_second_mail(
    station: Station, do: str, more: dict[str, Any]
) -> None:
    shown = confirm(station)
    the_only_mail(station, shown)
    station.ana.ask(do, kind="purchase", id=shown["id"], **more)
    after = confirm(station)
    the_only_mail(station, after)
    assert_mails(station, shown, 1)


def test_a_save_that_changes_nothing_is_not_even_noted(station: Station) -> None:
    """Only write_date and write_uid change (C4)."""
    shown = confirm(station, until="quotation")
    wait_until(lambda: station.house.has_read(station.slug, station.erp))
    noted = f"""SELECT count(*) FROM sources_capturedchange
                WHERE document_key = '{shown["id"]}' AND document_type = 'purchase_order'"""  # noqa: S608 - test data
    before = station.house.rows(noted)
    station.ana.ask("touch", kind="purchase", id=shown["id"])
    station.ana.ask("press", kind="purchase", ids=[confirm(station)["id"]], button="process")
    wait_until(lambda: station.house.has_read(station.slug, station.erp))
    assert station.house.rows(noted) == before


def test_a_confirmation_that_is_rolled_back_gives_none(station: Station) -> None:
    """Confirmed and undone in the same transaction: the ERP still has a quotation."""
    shown = confirm(station, until="quotation")
    undone = station.ana.ask("undo", kind="purchase", id=shown["id"], buttons=["confirm"])
    assert undone["state"] in {"confirmed", "processing"}
    the_only_mail(station, confirm(station))
    assert_mails(station, shown, 0)
    assert station.ana.ask("facts", kind="purchase", id=shown["id"])["state"] == "quotation"


def test_a_supplier_without_an_address_is_handled_by_the_fallback(station: Station) -> None:
    shown = confirm(station, party="Ferretería Sin Correo")
    mail = the_only_mail(station, shown)
    assert mail.to == FALLBACK
    assert_figures(shown, mail.pdf)


def test_each_party_is_written_to_in_its_own_language(station: Station) -> None:
    for party, to, greeting in (
        ("Atlântico Peças Ltda.", "encomendas@atlantico.test", "Prezado"),
        ("Northern Tools Inc.", "orders@northern.test", "Dear"),
    ):
        shown = confirm(station, party=party)
        mail = the_only_mail(station, shown)
        assert mail.to == to
        assert mail.text.startswith(greeting)
        assert party in mail.pdf


def test_an_address_changed_in_the_erp_is_used_for_the_next_order(station: Station) -> None:
    old, new = "gerencia@yvytu.test", "nueva.gerencia@yvytu.test"
    station.ana.ask("contact", party="Cooperativa Yvytú", old=old, new=new)
    try:
        shown = confirm(station, kind="sale", party="Cooperativa Yvytú", until="quotation")
        assert the_only_mail(station, shown).to == new
    finally:
        station.ana.ask("contact", party="Cooperativa Yvytú", old=new, new=old)


def test_the_event_says_who_did_it(station: Station) -> None:
    """write_uid and create_uid for what is saved, the ERP's log for what is deleted (C22)."""
    shown = confirm(station)
    the_only_mail(station, shown)
    actor = f"SELECT actor FROM events_event WHERE document_label = '{label(shown)}'"  # noqa: S608 - test data
    assert station.house.rows(actor) == [("Ana Benítez",)]
    gone = confirm(station, until="draft")
    station.ana.ask("remove", kind="purchase", id=gone["id"])
    who = f"""SELECT operation, actor FROM sources_capturedchange
              JOIN sources_source ON sources_source.id = source_id AND slug = '{station.slug}'
              WHERE operation IN ('I', 'D') AND document_key = '{gone["id"]}'
              AND "table" = 'purchase_purchase' ORDER BY sources_capturedchange.id"""  # noqa: S608 - test data
    wait_until(lambda: len(station.house.rows(who)) == 2, tell=lambda: station.house.story(who))
    assert station.house.rows(who) == [("I", "Ana Benítez"), ("D", "Ana Benítez")]
