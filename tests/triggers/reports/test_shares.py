"""Rows per recipient: nobody receives a row of another, and no row is lost without a word (P8)."""

import io
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emailketing.audience.ways import plan_of
from emailketing.common.plain import Cell
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.kept import write_kept
from emailketing.content.store import get
from emailketing.schedule.models import Run
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.shares import shares_of, sheet_of
from tests.triggers.reports.cast import NOW, ReportCast, messages, rows_in

pytestmark = pytest.mark.django_db
COLUMNS = (Column("whose", "Whose"), Column("number", "Number", "number", total="sum"))
PEOPLE = {"Central": "c@shop.example", "Ñemby": "n@shop.example", "Luque": "c@shop.example"}
BOSS = "boss@shop.example"
RUBBISH = ["", "  ", None, "nobody", "'; --", "%", "c@", "Central@"]
SPELT = ["CENTRAL", " Ñemby ", "C@Shop.Example", "a@x.example, b@x.example"]
OWNERS = st.sampled_from([*PEOPLE, *PEOPLE.values(), *SPELT, *RUBBISH])


def of_branches(cast: ReportCast) -> Report:
    people = {value: [{"kind": "address", "value": address}] for value, address in PEOPLE.items()}
    return cast.report(rows_by={"column": "branch", "kind": "people", "people": people})


@pytest.mark.parametrize("kind", ["people", "address"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(owners=st.lists(OWNERS, max_size=12))
def test_p8_nobody_receives_a_row_of_another(
    cast: ReportCast, tmp_path: Path, kind: str, owners: list[str | None]
) -> None:
    report = Report.objects.first() or of_branches(cast)
    report.rows_by = {**report.rows_by, "column": "whose", "kind": kind}
    kept = write_kept(tmp_path / "1.sheet", COLUMNS, [(o, n) for n, o in enumerate(owners)])
    divided = shares_of(report, Run(trigger=report.trigger, instant=NOW), kept, plan_of(report))
    received: Counter[Cell] = Counter()
    for share in divided.shares:
        rows = list(sheet_of(report, share, kept).rows())
        addresses = {one.address.lower() for one in share.people}
        if share.values is None:
            assert addresses == {BOSS}
            assert [row[1] for row in rows] == list(range(len(owners)))
            continue
        assert len(addresses) == 1
        for whose, _number in rows:
            assert addresses <= may_read(str(whose or ""), kind), whose
        received.update({row[1] for row in rows})
    unowned = sum(count for _value, count in divided.unowned)
    assert len(received) + unowned == len(owners)


def may_read(whose: str, kind: str) -> set[str]:
    """Return who may read a row of this, reckoned apart from what is tested."""
    written = whose.strip().casefold()
    if kind == "people":
        return {address for value, address in PEOPLE.items() if value.casefold() == written}
    return {part.strip() for part in written.split(",")}


def test_x6_p8_each_mail_and_file_has_his_own_rows_and_totals(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100), ("Ñemby", "luis", 50), ("Luque", "eva", 7), (None, "x", 1))
    report = of_branches(cast)
    report.files = ["csv", "xlsx"]
    report.save()
    run = cast.run(report)
    assert (run.state, run.rows, run.messages) == (Run.State.SENT, 4, 3)
    assert run.in_words == "Rows of nobody: 1."
    by_address = {message.address: message for message in messages()}
    assert [row[2] for row in rows_in(by_address["n@shop.example"])] == ["50"]
    assert [row[2] for row in rows_in(by_address["c@shop.example"])] == ["100", "7"]
    assert [row[2] for row in rows_in(by_address[BOSS])] == ["100", "50", "7", "1"]
    view = by_address[BOSS].dispatch.data["report"]["in_language"]["en"]
    assert view["notes"] == ["1 row belongs to nobody: – (1)"]
    mine = by_address["n@shop.example"].dispatch
    csv, xlsx = [get(file.sha256) for file in mine.attachments.order_by("pk")]
    assert b"50" in csv
    assert not [other for other in (b"Central", b"Luque", b"100") if other in csv]
    text = b"".join(
        zipfile.ZipFile(io.BytesIO(xlsx)).read(name)
        for name in zipfile.ZipFile(io.BytesIO(xlsx)).namelist()
    )
    assert b"Central" not in text
    assert b"Luque" not in text
    assert "Ñemby" in mine.trigger_label + mine.document_label


def test_p8_a_customer_gets_the_rows_of_his_key(cast: ReportCast) -> None:
    cast.contact("Acme", "acme@x.example", source="shop", key="customer:1")
    cast.sell(("Central", "customer:1", 100), ("Central", "customer:2", 50))
    report = cast.report(rows_by={"column": "seller", "kind": "contact"})
    run = cast.run(report)
    assert {message.address: len(rows_in(message)) for message in messages()} == {
        BOSS: 2,
        "acme@x.example": 1,
    }
    assert "customer:2 is not among the contacts." in run.in_words
    (acme,) = [message for message in messages() if message.address == "acme@x.example"]
    assert "Acme" in acme.subject
    assert "customer:1" not in acme.subject  # the key says nothing to him


def test_p8_whoever_gets_the_whole_does_not_get_his_part_besides(cast: ReportCast) -> None:
    cast.sell(("Central", BOSS, 100))
    cast.run(cast.report(rows_by={"column": "seller", "kind": "address"}))
    assert [message.address for message in messages()] == [BOSS]
