"""Starter texts, papers, their labels and invented documents of a trade come with its connector."""

from pathlib import Path

import pytest

from emailketing.content.declared import starters_brought
from emailketing.content.documents import DocumentFailed, layout_path, layouts
from emailketing.content.models import Template
from emailketing.content.samples import sample_document
from emailketing.content.starters import STARTERS, make_starter_templates, starter_texts, starters
from emailketing.sources.connectors import ConnectorError, load
from emailketing.sources.connectors.shelf import SHIPPED, files_of
from emailketing.sources.declared import labels
from tests.sources.shop import now

CONNECTOR = """
title = "Barn"
dialects = ["sqlite"]
[documents.voucher]
label = "Voucher"
text = "Voucher {number}"
table = "voucher"
header = "header.sql"
sample = "voucher.json"
[starters.hay-voucher]
name = "Hay"
document = "voucher"
layout = ""
[layouts]
hay = { es = "Vale", en = "Voucher" }
[labels]
bales = { es = "Fardos", en = "Bales" }
"""


@pytest.fixture
def barn(tmp_path: Path, settings: object) -> Path:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    folder = tmp_path / "connectors" / "barn"
    folder.mkdir(parents=True)
    (folder / "connector.toml").write_text(CONNECTOR)
    (folder / "header.sql").write_text("SELECT number FROM voucher WHERE id = :key")
    (folder / "voucher.json").write_text(
        '{"number": "V-1", "bales": "12", "place": {"es": "Galpón", "en": "Barn"}}'
    )
    (folder / "hay.typ").write_text("#labels.bales")
    for language in ("es", "en", "pt"):
        (folder / f"hay-voucher.{language}.txt").write_text(f"Hay {language}\n\n\nBody")
    return folder


def test_a_connector_brings_all_that_a_trade_of_its_own_needs(barn: Path) -> None:
    assert starters()["hay-voucher"].folder == barn
    assert starter_texts("hay-voucher", "pt").subject == "Hay pt"
    assert ("hay", "Voucher") in layouts()
    assert layout_path("hay") == barn / "hay.typ"
    assert labels()["bales"]["en"] == "Bales"
    found = sample_document("voucher", "en")
    assert (found["number"], found["place"], found["type"]) == ("V-1", "Barn", "voucher")
    assert found["party"]["language"] == "en"
    assert sample_document("voucher", "es")["place"] == "Galpón"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("hay =", "straw =", r"connector.toml \[layouts.straw\].*straw.typ"),
        ("bales = {", "bales = { xx = 'x', ", r"\[labels.bales\]"),
        ('document = "voucher"', 'document = "vouchr"', r"\[starters.hay-voucher\].*vouchr"),
        ('layout = ""', 'layout = "hey"', r"\[starters.hay-voucher\].*hey"),
        ('layout = ""', "", r"\[starters.hay-voucher\].*layout “hay-voucher”"),
        ("starters.hay-voucher", "starters.straw", "straw.es.txt"),
        ("starters.hay-voucher", 'starters."../hay"', "../hay"),
        ('sample = "voucher.json"', 'sample = "../voucher.json"', "../voucher.json"),
        ('sample = "voucher.json"', 'sample = "hay.typ"', "hay.typ"),
    ],
)
def test_what_is_named_and_not_there_is_refused(barn: Path, old: str, new: str, told: str) -> None:
    (barn / "connector.toml").write_text(CONNECTOR.replace(old, new))
    with pytest.raises(ConnectorError, match=told):
        load(str(barn))


@pytest.mark.parametrize("layout", ["hay", "receipt"])
def test_a_starter_may_have_a_paper_of_its_connector_or_of_ours(barn: Path, layout: str) -> None:
    (barn / "connector.toml").write_text(CONNECTOR.replace('layout = ""', f'layout = "{layout}"'))
    assert load(str(barn)).starters["hay-voucher"].layout == layout


def test_what_is_wrong_in_another_file_is_told_with_that_file(barn: Path) -> None:
    top, _layouts, rest = CONNECTOR.partition("[layouts]")
    (barn / "connector.toml").write_text(top)
    (barn / "texts.toml").write_text("[layouts]" + rest)
    (barn / "hay.typ").unlink()
    with pytest.raises(ConnectorError, match=r"barn/texts.toml \[layouts.hay\].*hay.typ"):
        load(str(barn))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"Hay\nwithout an empty line\nBody", "hay-voucher.es.txt: The file begins"),
        (b"Hay\n\n\nMa\xf1ana", "hay-voucher.es.txt: .*utf-8"),
    ],
)
def test_a_text_that_is_none_is_refused(barn: Path, text: bytes, told: str) -> None:
    (barn / "hay-voucher.es.txt").write_bytes(text)
    with pytest.raises(ConnectorError, match=told):
        load(str(barn))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "Hay"', f'name = "{"h" * 121}"'),
        ('name = "Hay"', f'name = "Hay"\ndescription = "{"h" * 301}"'),
    ],
)
def test_what_our_database_would_not_keep_is_refused(barn: Path, old: str, new: str) -> None:
    (barn / "connector.toml").write_text(CONNECTOR.replace(old, new))
    with pytest.raises(ConnectorError, match=r"starters.hay-voucher.*characters"):
        load(str(barn))


@pytest.mark.django_db
def test_a_text_that_turns_out_wrong_later_stops_no_other(barn: Path) -> None:
    load(str(barn))
    (barn / "hay-voucher.pt.txt").write_text("Hay\n\n\n{{ document.number|weigh }}")
    made = {template.slug for template in make_starter_templates(None, now=now())}
    assert STARTERS.keys() < made
    assert not Template.objects.filter(slug="hay-voucher").exists()
    (barn / "hay-voucher.pt.txt").unlink()
    assert make_starter_templates(None, now=now()) == []


def test_what_a_connector_brings_is_kept_with_it(barn: Path) -> None:
    assert {"hay.typ", "voucher.json", "hay-voucher.es.txt"} <= files_of(str(barn)).keys()


def test_the_station_brings_its_own_and_takes_nothing_of_ours() -> None:
    own = {slug for slug, one in starters_brought().items() if one.folder == SHIPPED / "estacion"}
    assert {"fuelling", "fuelling-over-limit-sms", "sales-closing"} <= own
    assert not own & STARTERS.keys()
    assert layout_path("sales-closing") == SHIPPED / "estacion/sales-closing.typ"
    assert sample_document("fuelling", "es")["km_per_litre"] == "7.7"


def test_a_layout_that_nobody_brings_is_told() -> None:
    with pytest.raises(DocumentFailed):
        layout_path("hay")
