"""An upgraded connector that says more of people: everybody is read again, by itself."""

import pytest

from emailketing.contacts.models import PersonDate
from emailketing.sources.in_use import REREAD
from emailketing.sources.models import PendingDocument
from tests.cli.test_sender_message import run
from tests.sources.shop import Shop

pytestmark = pytest.mark.django_db
DATES = """
[parties.client]
dates = "dates.sql"
"""
KIND = '\n[dates.birth]\nlabel = "Cumpleaños"\n'


def upgraded(shop: Shop) -> None:
    shop.attach()
    people = ", ".join(f"({n}, 'C{n}', '', 'es', 1, 'ana')" for n in range(2, 450))
    shop.run(f"INSERT INTO cliente VALUES {people}")  # noqa: S608 - our own words
    shop.pull()
    (shop.folder / "dates.sql").write_text(
        "SELECT 'birth' AS kind, '23/05/1980' AS value FROM cliente WHERE id = :key"
    )
    shop.connector("[parties.client]", DATES.strip())
    path = shop.folder / "connector.toml"
    path.write_text(path.read_text() + KIND)


def test_everybody_has_dates_after_some_turns_of_the_worker(shop: Shop) -> None:
    upgraded(shop)
    assert not PersonDate.objects.exists()
    for _turn in range(6):
        shop.pull()
    assert PersonDate.objects.filter(kind="birth", day=23).count() == 449
    shop.source.refresh_from_db()
    assert REREAD not in shop.source.health


def test_a_command_reads_all_again_at_once(shop: Shop) -> None:
    upgraded(shop)
    shop.pull()
    PersonDate.objects.all().delete()
    said = run("source", "reread", shop.source.slug).output
    assert "449" in said
    assert PersonDate.objects.count() == 449


def test_what_cannot_be_read_again_is_told_once_and_stops_nobody(shop: Shop) -> None:
    upgraded(shop)
    (shop.folder / "dates.sql").write_text(
        "SELECT 'birth' AS kind, nacido AS value FROM cliente WHERE id = :key"
    )
    shop.pull()
    shop.source.refresh_from_db()
    assert "dates.sql" in shop.source.in_words
    shop.pull_until(lambda: REREAD not in shop.source.health)
    assert not PersonDate.objects.exists()
    assert not PendingDocument.objects.exists(), "it is not one of them: it is the query"
