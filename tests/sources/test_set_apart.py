"""What the program errs over waits alone; the others are told, and the error is seen (78)."""

import pytest

from emailketing.company.models import Company
from emailketing.sources.models import Source
from emailketing.sources.reading.pull import pull_due
from tests.sources.shop import Shop, now
from tests.sources.test_judge import connector, source

__all__ = ["connector", "source"]  # fixtures
pytestmark = pytest.mark.django_db


def test_an_error_over_a_whole_source_stops_that_source_only(shop: Shop) -> None:
    """As another version may have kept it: paused processes that are none."""
    Company.objects.create(pk=1, language="en")
    shop.attach()
    Source.objects.filter(pk=shop.source.pk).update(paused_processes=["order"])
    shop.order(1, number="P-1")
    assert pull_due(now()) == 0
    shop.source.refresh_from_db()
    assert shop.source.status == Source.Status.TROUBLE
    assert "An error in the program (TypeError: " in shop.source.problem
    Source.objects.filter(pk=shop.source.pk).update(paused_processes={})
    shop.pull_until(lambda: bool(shop.events()))


def test_a_heartbeat_somebody_else_wrote_is_read_by_its_own_hour(shop: Shop) -> None:
    Company.objects.create(pk=1, language="en")
    shop.attach()
    if shop.is_sqlite:
        shop.run("UPDATE emk_no_borrar_heartbeat SET at = 'yesterday'")
    shop.order(1, number="P-1")
    shop.pull()
    assert shop.labels() == ["Pedido P-1"]
    shop.source.refresh_from_db()
    assert shop.source.status == Source.Status.WORKING
