"""Whatever happens to our tables and triggers, Tryton saves on, and we say so (C9, C19)."""

from collections.abc import Callable

import pytest

from tests.tryton.conftest import Station
from tests.tryton.test_mails import assert_mails, confirm, the_only_mail

pytestmark = [pytest.mark.tryton, pytest.mark.smtpsink, pytest.mark.slow]


@pytest.fixture(scope="module")
def guarded(station_of: Callable[[str], Station]) -> Station:
    """A Tryton whose capture may be broken without harm to the other tests."""
    return station_of("guarded")


@pytest.mark.parametrize(
    "harm",
    ["DROP SCHEMA emk CASCADE", "DROP TABLE emk.change", "ALTER TABLE emk.change DROP COLUMN pk"],
)
def test_capture_dropped_by_hand_never_blocks_a_save_and_is_repaired(
    guarded: Station, harm: str
) -> None:
    the_only_mail(guarded, confirm(guarded))
    guarded.erp.run(harm)
    unseen = confirm(guarded)
    assert unseen["state"] == "processing"
    guarded.house.run("source", "repair", guarded.slug)
    the_only_mail(guarded, unseen)  # what went by meanwhile is found again
    the_only_mail(guarded, confirm(guarded))


def test_our_table_locked_by_another_program_never_blocks_a_save(guarded: Station) -> None:
    with guarded.erp.connect() as program:
        program.execute("BEGIN")
        program.execute("LOCK TABLE emk.change IN ACCESS EXCLUSIVE MODE")
        shown = confirm(guarded)
        assert shown["state"] == "processing"
        program.execute("ROLLBACK")
    assert guarded.erp.value("SELECT count(*) FROM emk.miss") > 0
    assert "✗" in guarded.house.run("source", "status", guarded.slug)
    guarded.house.run("source", "repair", guarded.slug)
    the_only_mail(guarded, shown)


def test_an_upgrade_of_the_erp_leaves_capture_working(guarded: Station) -> None:
    """`trytond-admin -u` goes over every table of the module (erp.md 3.2.11)."""
    guarded.erp.admin("-u", "purchase")
    the_only_mail(guarded, confirm(guarded))
    assert "✗" not in guarded.house.run("source", "status", guarded.slug)


def test_c19_a_column_that_an_upgrade_adds_is_noted_by_itself(guarded: Station) -> None:
    noted = (
        "SELECT count(*) FROM pg_proc"
        " WHERE pronamespace = 'emk'::regnamespace AND prosrc LIKE '%incoterm%'"
    )
    guarded.erp.run("ALTER TABLE purchase_purchase ADD COLUMN incoterm integer")
    try:
        the_only_mail(guarded, confirm(guarded))  # the rest goes on
        assert "✗" not in guarded.house.run("source", "status", guarded.slug)
        assert guarded.erp.value(noted) > 0
    finally:
        guarded.erp.run("ALTER TABLE purchase_purchase DROP COLUMN incoterm")
        guarded.house.run("source", "repair", guarded.slug)


def test_a_column_that_an_upgrade_renames_pauses_what_needs_it(guarded: Station) -> None:
    guarded.erp.run("ALTER TABLE sale_sale RENAME COLUMN quotation_validity TO validity")
    try:
        said = guarded.house.run("source", "check", guarded.slug, refused=True)
        assert "quotation.sql" in said
        the_only_mail(guarded, confirm(guarded))
    finally:
        guarded.erp.run("ALTER TABLE sale_sale RENAME COLUMN validity TO quotation_validity")
        guarded.house.run("source", "repair", guarded.slug)
    quotation = confirm(guarded, kind="sale", party="Cooperativa Yvytú", until="quotation")
    the_only_mail(guarded, quotation)
    assert_mails(guarded, quotation, 1)
