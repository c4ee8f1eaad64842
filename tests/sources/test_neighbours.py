"""Two at one business database: a second source is refused, a second installation named (C20)."""

import secrets
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from emailketing.alerts.models import Alert
from emailketing.alerts.troubles import troubles
from emailketing.company.models import Identity, SafeMode
from emailketing.sources.attaching.add import add_source
from emailketing.sources.attaching.check import check_source
from emailketing.sources.attaching.install import install, plan, remove
from emailketing.sources.capture.mark import SourceMark
from emailketing.sources.dialects.base import Dialect
from emailketing.sources.link import connected_to
from emailketing.sources.models import Source
from emailketing.sources.upkeep.neighbours import AttachedByAnother, SourceAlreadyThere
from emailketing.sources.upkeep.turns import here
from tests.sources.shop import Shop, close_links, now

pytestmark = pytest.mark.django_db
OTHER = SourceMark(
    identity="f" * 32, holder="otro-servidor · /srv/emk", since="2026-11-20T12:00:00+00:00"
)


def another_source(shop: Shop, slug: str = "otra", **place: Any) -> Source:
    values = {**shop.place, **place}
    return Source(slug=slug, name="Otra", connector=str(shop.folder), **values)


def other_installation(shop: Shop) -> None:
    """The one that attached first is not in our own database: somebody else's."""
    close_links()
    Source.objects.all().delete()
    Identity.objects.all().delete()


def taken_over(shop: Shop) -> None:
    """What the other installation leaves when it takes over."""
    with connected_to(shop.source) as (connection, dialect):
        write_other(connection, dialect, shop)


def write_other(connection: Connection, dialect: Dialect, shop: Shop) -> None:
    table = "emk_no_borrar_state" if shop.is_sqlite else "emk.state"
    column = "value" if shop.is_sqlite else "identity"
    where = " WHERE id = 2" if shop.is_sqlite else ""
    shop.run(f"UPDATE {table} SET {column} = '{OTHER.identity}'{where}")  # noqa: S608
    turn = dialect.read(connection, limit=0).mark.turn + 1
    dialect.put_mark(connection, OTHER.moved(turn, now()))


def mark_of(shop: Shop, source: Source) -> SourceMark:
    with connected_to(source) as (connection, dialect):
        return dialect.read(connection, limit=0).mark


def test_a_second_source_at_the_same_address_is_refused_by_the_name_of_the_first(
    shop: Shop,
) -> None:
    shop.attach()
    with pytest.raises(SourceAlreadyThere, match="Tienda"):
        add_source(another_source(shop), by="test", now=now())
    assert Source.objects.count() == 1


def test_a_second_source_by_another_way_is_refused_before_anything_is_touched(
    shop: Shop,
) -> None:
    first = shop.attach()
    if shop.is_sqlite:
        shop.run("PRAGMA journal_mode=DELETE")
        way = shop.file.with_name("enlace.db")
        way.hardlink_to(shop.file)
        place: dict[str, Any] = {"database": str(way)}
    else:
        place = {"host": "localhost" if shop.place["host"] != "localhost" else "127.0.0.1"}
    second = add_source(another_source(shop, **place), by="test", now=now())
    before = mark_of(shop, first)
    for refused in (check_source, partial(install, by="test")):
        with pytest.raises(SourceAlreadyThere, match="Tienda"):
            refused(second, now=now())
    with pytest.raises(SourceAlreadyThere, match="Tienda"):
        plan(second)
    assert mark_of(shop, first) == before
    shop.order(1, number="P-1")
    assert len(shop.pull()) == 1
    assert not SafeMode.objects.exists()


def test_removing_a_source_that_was_never_there_does_not_touch_the_one_that_is(
    shop: Shop,
) -> None:
    first = shop.attach()
    second = another_source(shop)
    second.installation, second.created_at = secrets.token_hex(16), now()
    second.save()
    remove(second, by="test", now=now())
    assert mark_of(shop, first).identity == first.installation
    shop.order(1, number="P-1")
    assert len(shop.pull()) == 1


def test_a_second_installation_names_the_first_and_needs_an_explicit_word(shop: Shop) -> None:
    shop.attach()
    first = shop.source.installation
    other_installation(shop)
    second = add_source(another_source(shop, "segunda"), by="test", now=now())
    with pytest.raises(AttachedByAnother) as refused:
        install(second, by="test", now=now())
    assert here() in str(refused.value)
    assert here() in plan(second).neighbour
    assert mark_of(shop, second).identity == first
    install(second, by="test", now=now(), take_over=True)
    assert mark_of(shop, second).identity == second.installation
    shop.source = second
    shop.order(1, number="P-1")
    assert len(shop.pull()) == 1


def test_whoever_is_taken_over_stops_and_says_who_did_it(shop: Shop) -> None:
    shop.attach()
    shop.pull()
    shop.pull_in_quiet()
    taken_over(shop)
    before = mark_of(shop, shop.source)
    shop.order(1, number="P-1")
    close_links()
    assert shop.pull() == []
    mode = SafeMode.objects.get()
    assert (mode.kind, mode.facts["who"]) == (SafeMode.Kind.TAKEN_OVER, OTHER.holder)
    assert OTHER.holder in shop.source.problem
    kinds = [trouble.kind for trouble in troubles(now())]
    assert kinds == [Alert.Kind.SAFE_MODE]
    assert mark_of(shop, shop.source) == before  # nothing of ours is written there any more


def test_removing_after_a_take_over_leaves_the_other_one_alone(shop: Shop) -> None:
    shop.attach()
    taken_over(shop)
    remove(shop.source, by="test", now=now())
    with connected_to(shop.source) as (connection, dialect):
        assert dialect.inspect(connection, []).installed
        assert dialect.read(connection, limit=0).mark.identity == OTHER.identity
    assert not SafeMode.objects.exists()


def test_taking_back_ends_the_safe_mode_and_reads_on(shop: Shop) -> None:
    shop.attach()
    taken_over(shop)
    close_links()
    shop.pull()
    with pytest.raises(AttachedByAnother):
        install(shop.source, by="test", now=now())
    shop.order(1, number="P-1")
    install(shop.source, by="test", now=now(), take_over=True)
    shop.pull_until(lambda: shop.labels() == ["Pedido P-1"])
    assert not SafeMode.objects.filter(confirmed_at=None).exists()
