"""A source, what is told of its tables, and who took its changes away: noted in one transaction."""

from collections.abc import Callable

import pytest

from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.who import Who
from emailketing.sources.attaching.add import (
    SourceInvalid,
    StillInstalled,
    add_source,
    change_source,
    delete_source,
)
from emailketing.sources.attaching.install import install, remove, repair
from emailketing.sources.attaching.pause import pause, pause_for_upgrade, resume
from emailketing.sources.audit.choices import UnknownDecision, UnknownTable, decide
from emailketing.sources.audit.export import rows_to_take
from emailketing.sources.audit.search import Filters
from emailketing.sources.models import Source, TableChoice
from tests.sources.shop import Shop, now

pytestmark = pytest.mark.django_db
ANA = Who("ana", came_from="10.0.0.7")


def everything() -> list[object]:
    return [list(Source.objects.values()), list(TableChoice.objects.values())]


def renamed() -> Source:
    source = Source.objects.get()
    source.name = "Otra"
    return source


# what is noted → what is done; the business database keeps what was done to it
USE_CASES: list[tuple[str, Callable[[Who], object]]] = [
    ("changed", lambda by: change_source(renamed(), by=by, now=now())),
    ("decided", lambda by: decide(Source.objects.get(), "pedido", "tell", by=by, now=now())),
    ("decided", lambda by: decide(Source.objects.get(), "pedido", "undo", by=by, now=now())),
    ("paused", lambda by: pause(Source.objects.get(), by=by, now=now())),
    ("resumed", lambda by: resume(Source.objects.get(), by=by, now=now())),
    ("exported", lambda by: rows_to_take(Filters(), "csv", by=by, now=now())),
    ("removed", lambda by: remove(Source.objects.get(), by=by, now=now())),
    ("deleted", lambda by: delete_source(Source.objects.get(), by=by, now=now())),
]


def test_what_cannot_be_noted_is_not_done_and_what_is_done_is_noted_once(shop: Shop) -> None:
    shop.attach()
    shop.order(1, number="P-1")
    for action, act in USE_CASES:
        before, noted = everything(), AuditEntry.objects.count()
        with pytest.raises(ValueError, match="unsaved"):
            act(Who("ana", User()))
        assert everything() == before, action
        act(ANA)
        entry = AuditEntry.objects.latest("pk")
        assert (entry.action, entry.username, entry.came_from) == (action, "ana", "10.0.0.7")
        assert AuditEntry.objects.count() == noted + 1, action


def test_what_is_done_to_the_business_database_is_noted_by_whoever_does_it(shop: Shop) -> None:
    source = Source(slug="tienda", name="Tienda", connector=str(shop.folder), **shop.place)
    add_source(source, by=ANA, now=now())
    install(source, by=ANA, now=now())
    repair(source, by=ANA, now=now())
    pause_for_upgrade(source, by=ANA, now=now())
    resume(source, by=ANA, now=now())
    noted = AuditEntry.objects.order_by("pk").values_list("action", "came_from")
    actions = ("created", "installed", "repaired", "paused", "resumed")
    assert list(noted) == [(action, "10.0.0.7") for action in actions]


def test_a_source_whose_triggers_stand_is_not_deleted(shop: Shop) -> None:
    source, noted = shop.attach(), AuditEntry.objects.count()
    with pytest.raises(StillInstalled):
        delete_source(source, by=ANA, now=now())
    with pytest.raises(UnknownTable):
        decide(source, "no_hay", "tell", by=ANA, now=now())
    with pytest.raises(UnknownDecision):
        decide(source, "pedido", "maybe", by=ANA, now=now())
    with pytest.raises(SourceInvalid):
        change_source(Source(pk=source.pk), by=ANA, now=now())
    assert Source.objects.filter(name="Tienda").exists()
    assert AuditEntry.objects.count() == noted
