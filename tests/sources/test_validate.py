"""Whether a connector fits the business database: what its fields need, its queries give."""

import pytest
from django.utils import translation

from emailketing.sources.attaching.check import check_source
from emailketing.sources.models import Source
from tests.sources.shop import Shop, now

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("place", ["taxes", "totals.taxes"])
def test_a_field_of_the_taxes_is_looked_for_in_their_query(shop: Shop, place: str) -> None:
    (shop.folder / "taxes.sql").write_text("SELECT 'IVA' AS name, 5.0 AS base WHERE :key > 0")
    column = 'taxes = "taxes.sql"\n[[documents.order.fields]]\nlabel = "Base"\ntype = "money"\n'
    there = 'lines = "lines.sql"\nparty = "client"\n'
    shop.connector(there, f'{there}{column}path = "{place}.base"\n')
    source = Source(slug="s", name="S", connector=str(shop.folder), **shop.place)
    assert check_source(source, now=now()).paused == {}
    shop.connector(f"{place}.base", f"{place}.bass")
    sentence = "taxes.sql: gives no column “bass”, which the field Base needs"
    with translation.override("en"):
        assert check_source(source, now=now()).paused == {"order": sentence}
