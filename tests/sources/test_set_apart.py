"""What the program errs over waits alone; the others are told, and the error is seen (78)."""

from typing import Any

import pytest

from emailketing.company.models import Company
from emailketing.events.models import Event
from emailketing.sources.connectors import Connector
from emailketing.sources.documents.roll_up import Touched
from emailketing.sources.judging.edges import DocumentRead
from emailketing.sources.judging.judge import Work, write_down
from emailketing.sources.models import DocumentState, PendingDocument, Source
from emailketing.sources.reading.pull import pull_due
from tests.sources.shop import Shop, now
from tests.sources.test_judge import NOON, connector, order, reading, source

__all__ = ["connector", "source"]  # fixtures
pytestmark = pytest.mark.django_db


def of_another_order(actor: str) -> DocumentRead:
    made = reading(order("P-8"), cause="c2", actor=actor)
    made.touched = Touched.of("order", "8")
    return made


def test_a_document_the_program_errs_over_waits_alone(
    source: Source, connector: Connector, caplog: pytest.LogCaptureFixture
) -> None:
    nobody: Any = 5  # a mistake of ours: who did it is a text
    work = Work([of_another_order(nobody), reading(order())])
    assert write_down(source, connector, work, now=NOON) == 1
    assert [event.document_key for event in Event.objects.all()] == ["7"]
    assert {state.document_key for state in DocumentState.objects.all()} == {"7"}
    row = PendingDocument.objects.get()
    assert (row.document_key, row.attempts) == ("8", 1)
    assert row.reason.startswith("An error in the program (TypeError: ")
    assert any(one.exc_info and "order 8" in one.getMessage() for one in caplog.records)
    mended = Work([of_another_order("ana")], looked_at_again=[row.pk])
    assert write_down(source, connector, mended, now=NOON) == 1
    assert not PendingDocument.objects.exists()


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
