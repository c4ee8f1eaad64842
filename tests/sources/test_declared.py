"""What a connector declares is how it is written; what it does not declare is told, not guessed."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from emailketing.content.compile import compile_revision
from emailketing.content.document_view import document_view
from emailketing.content.kinds import declared
from emailketing.content.look import BrandLook
from emailketing.content.render import render
from emailketing.content.words import word_of
from emailketing.sources.connectors import Connector, ConnectorError, load
from emailketing.sources.connectors.given import undeclared
from emailketing.sources.connectors.words import declared_of
from emailketing.sources.declared import words_of
from emailketing.sources.undeclared import in_documents

FIELDS = """
[[documents.voucher.fields]]
path = "stock.value"
label = "Value"
type = "money"
[[documents.voucher.fields]]
path = "stock.box"
label = "Box"
words = "boxes"
"""
CONNECTOR = """
title = "Barn"
dialects = ["sqlite"]
[documents.voucher]
label = "Voucher"
text = "Voucher {number}"
table = "voucher"
header = "header.sql"
lists = { stock = "stock.sql" }
[words.boxes]
"kiste {n}" = { es = "cajón {n}", en = "crate {n}" }
"""
DOCUMENT: dict[str, Any] = {
    "type": "voucher",
    "currency": "PYG",
    "stock": [{"total": "3420000", "value": "1250000", "box": "KISTE 7"}],
}
TABLE = "[[table: stock | Box: box | Total: total | Value: value]]"


def barn(folder: Path, fields: str = FIELDS, more: str = "") -> Connector:
    folder.mkdir()
    (folder / "connector.toml").write_text(CONNECTOR.replace("[words", f"{more}[words") + fields)
    (folder / "taxes.sql").write_text("SELECT name, base, kind FROM tax WHERE voucher = :key")
    (folder / "header.sql").write_text("SELECT number FROM voucher WHERE id = :key")
    (folder / "stock.sql").write_text("SELECT total, value, box FROM stock WHERE voucher = :key")
    return load(str(folder))


def frozen(connector: Connector) -> dict[str, Any]:
    described = connector.documents["voucher"]
    return {**DOCUMENT, "declared": declared_of(DOCUMENT, connector, described)}


def test_a_mail_writes_what_is_declared_and_leaves_the_rest_as_it_comes(tmp_path: Path) -> None:
    connector = barn(tmp_path / "barn")
    with declared(connector.documents["voucher"].kinds()):
        compiled = compile_revision(
            subject="s", preheader="", body=TABLE, style="simple", brand=BrandLook(), language="en"
        )
    text = render(compiled, {"document": frozen(connector)}, language="en").text
    assert "crate 7" in text
    assert "1,250,000" in text
    assert "3420000" in text  # called “total”, but nobody said that it is money


def test_paper_writes_it_from_the_frozen_document_alone(tmp_path: Path) -> None:
    document = frozen(barn(tmp_path / "barn"))
    shutil.rmtree(tmp_path / "barn")
    view = document_view({"document": document}, language="en", brand=BrandLook())
    row = {"total": "3420000", "value": "1,250,000", "box": "crate 7"}
    assert view["written"]["stock"] == [row]


@pytest.mark.parametrize("path", ["totals.taxes.base", "taxes.base"])
def test_a_column_of_the_taxes_is_declared_like_any_other(tmp_path: Path, path: str) -> None:
    fields = FIELDS.replace("stock.value", path)
    with_taxes = fields.replace("stock.box", path.replace("base", "kind"))
    connector = barn(tmp_path / "barn", with_taxes, 'taxes = "taxes.sql"\n')
    described = connector.documents["voucher"]
    assert undeclared(described) == ["stock.box", "stock.total", "stock.value"]
    document: dict[str, Any] = {
        "currency": "PYG",
        "totals": {"taxes": [{"base": "3420000", "kind": "kiste 7"}]},
    }
    document["declared"] = declared_of(document, connector, described)
    view = document_view({"document": document}, language="en", brand=BrandLook())
    assert view["written"]["totals"]["taxes"] == [{"base": "3,420,000", "kind": "crate 7"}]


def test_what_is_not_declared_is_named(tmp_path: Path) -> None:
    document = barn(tmp_path / "barn").documents["voucher"]
    assert undeclared(document) == ["stock.total"]


@pytest.mark.parametrize("name", ["estacion", "tryton"])
def test_a_shipped_connector_declares_everything(name: str) -> None:
    assert {d.type: undeclared(d) for d in load(name).papers.values() if undeclared(d)} == {}


def test_a_connector_of_before_that_declares_nothing_works_on_and_is_told_so(
    tmp_path: Path,
) -> None:
    connector = barn(tmp_path / "barn", fields="")
    view = document_view({"document": frozen(connector)}, language="en", brand=BrandLook())
    row = {"total": "3420000", "value": "1250000", "box": "KISTE 7"}
    assert view["written"]["stock"] == [row]
    with translation.override("en"):
        told = list(in_documents(connector))
    paths = "stock.box, stock.total, stock.value"
    assert told == [("Voucher", f"written as text, because nothing says what it is: {paths}")]


def test_a_label_with_a_place_its_word_does_not_fill_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match=r"words\.months.*\{m\}"):
        barn(tmp_path / "barn", FIELDS + '[words.months]\n"mes {n}" = { en = "month {m}" }\n')


def test_words_that_nobody_wrote_down_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match=r"words\.crates"):
        barn(tmp_path / "barn", FIELDS.replace('"boxes"', '"crates"'))


def test_words_of_an_audited_column_that_nobody_wrote_down_are_refused_where_it_stands(
    tmp_path: Path,
) -> None:
    told = '[audit.tables.voucher]\nlabel = "Voucher"\ncolumns.box.words = "no"\n'
    with pytest.raises(ConnectorError, match=r"\[audit\.tables\.voucher\.columns\].*words\.no"):
        barn(tmp_path / "barn", FIELDS + told)


@pytest.mark.parametrize(
    ("word", "is_refused"), [("Kiste {n}", True), ("kiste 7", True), ("sack", False)]
)
def test_a_word_that_two_sets_of_one_document_call_otherwise_is_refused(
    tmp_path: Path, word: str, is_refused: bool
) -> None:
    """It is frozen with the document under one name."""
    more = FIELDS.replace("stock.value", "kind").replace('"money"', '"text"\nwords = "kinds"')
    words = f'[words.kinds]\n"{word}" = {{ es = "otro", en = "other" }}\n'
    if not is_refused:
        barn(tmp_path / "barn", more + words)
        return
    with pytest.raises(ConnectorError, match=r"documents.voucher.fields.*words.kinds"):
        barn(tmp_path / "barn", more + words)


def test_the_same_word_called_the_same_may_stand_in_two_sets(tmp_path: Path) -> None:
    more = FIELDS.replace("stock.value", "kind").replace('"money"', '"text"\nwords = "kinds"')
    same = '[words.kinds]\n"kiste {n}" = { es = "cajón {n}", en = "crate {n}" }\n'
    assert barn(tmp_path / "barn", more + same).words.keys() >= {"boxes", "kinds"}


def test_a_document_of_an_older_version_is_written_with_the_words_of_today() -> None:
    compiled = compile_revision(
        subject="s",
        preheader="",
        body="{{ document.shift|word }}",
        style="simple",
        brand=BrandLook(),
        language="en",
    )
    assert "morning" in render(compiled, {"document": {"shift": "mañana"}}, language="en").text
    closing: dict[str, Any] = {"type": "cash_closing", "shift": "mañana"}
    assert "morning" in render(compiled, {"document": closing}, language="en").text
    told: dict[str, Any] = {"shift": "mañana", "declared": {"kinds": {}, "words": {}}}
    assert "mañana" in render(compiled, {"document": told}, language="en").text


def test_a_document_of_an_older_version_has_no_words_of_other_kinds_of_documents() -> None:
    """Another kind, or a column of a listing, may call the same word otherwise."""
    of_orders, of_closings = words_of("purchase_order"), words_of("cash_closing")
    assert word_of("mañana", "en", of_orders) == "mañana"
    assert word_of("mañana", "en", of_closings) == "morning"
    assert word_of("CONTADO", "en", of_orders) != "CONTADO"
    of_a_listing = (
        load("estacion").words["audited"].keys() - load("estacion").words["outgoes"].keys()
    )
    assert of_a_listing
    assert not any(word in of_closings for word in of_a_listing)


def test_a_word_is_found_without_capitals_and_accents_but_not_inside_another() -> None:
    words = {"Crédito {days} días": {"en": "{days} days"}, "Contado": {"en": "Cash"}}
    said = [word_of(text, "en", words) for text in ("CREDITO 30 DIAS", "contado", "contador")]
    assert said == ["30 days", "Cash", "contador"]
    assert word_of("cash", "pt", words) == "Dinheiro"
