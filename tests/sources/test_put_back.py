"""C20: our own database put back is recognised by what the business database knows."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings
from sqlalchemy import Engine, event

from emailketing.company.identity import confirm_identity
from emailketing.company.models import SafeMode
from emailketing.company.turn import move_on
from emailketing.sources.in_use import in_use
from emailketing.sources.link import connected_to
from emailketing.sources.models import Source
from emailketing.sources.upkeep.restored import ask_the_businesses, look_for_a_restore
from emailketing.sources.upkeep.turns import advance, known_of, remember
from emailketing.sources.visit import Visit
from tests.sources.shop import Shop, close_links, now

pytestmark = pytest.mark.django_db


def test_our_own_database_put_back_is_seen_by_the_business_database(shop: Shop) -> None:
    """Also when our folder was put back with it: the file beside it knows no better then."""
    shop.attach()
    backup = known_of(Source.objects.get())
    shop.order(1, number="P-1")
    shop.pull()
    shop.pull_in_quiet()
    remember(Source.objects.get(), backup)
    ask_the_businesses(now())  # what the worker does before it sends
    mode = SafeMode.objects.get(confirmed_at=None)
    assert (mode.scope, mode.kind) == ("installation", SafeMode.Kind.RESTORED)
    close_links()
    shop.order(2, number="P-2")
    shop.pull()
    assert shop.labels() == ["Pedido P-1"]
    confirm_identity("installation", by="ana", now=now())
    shop.pull_until(lambda: len(shop.events()) == 2)
    assert not SafeMode.objects.filter(confirmed_at=None).exists()


def test_messages_that_left_raise_the_turn_in_the_business_database(
    shop: Shop, settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    shop.attach()
    shop.pull_in_quiet()
    before = known_of(Source.objects.get()).turn
    move_on(now())
    close_links()
    shop.pull_in_quiet()
    after = known_of(Source.objects.get()).turn
    assert after == before + 1
    shop.pull_in_quiet()
    assert known_of(Source.objects.get()).turn == after


def raised_by_another_process(shop: Shop) -> None:
    """What a command like `source repair`, or the worker's reading thread, does meanwhile."""
    source = Source.objects.get(pk=shop.source.pk)
    with connected_to(source) as (connection, dialect):
        mark = dialect.read(connection, limit=0).mark
        advance(Visit(source, in_use(source), connection, dialect, now(), mark=mark))


def test_a_turn_raised_between_our_row_and_the_mark_is_no_restore(shop: Shop) -> None:
    shop.attach()
    stale = Source.objects.get(pk=shop.source.pk)
    raised_by_another_process(shop)
    with connected_to(stale) as (connection, dialect):
        mark = dialect.read(connection, limit=0).mark
        assert mark.turn > known_of(stale).highest  # it does look as if we were older
        visit = Visit(stale, in_use(stale), connection, dialect, now(), mark=mark)
        look_for_a_restore(visit, closely=False)
    assert not SafeMode.objects.exists()


def test_the_question_at_the_start_is_asked_while_others_read(shop: Shop) -> None:
    shop.attach()
    waiting = [raised_by_another_process]

    def meanwhile(*_of_the_event: object) -> None:
        if waiting:
            waiting.pop()(shop)

    event.listen(Engine, "before_cursor_execute", meanwhile)
    try:
        ask_the_businesses(now())
    finally:
        event.remove(Engine, "before_cursor_execute", meanwhile)
    assert not waiting
    assert not SafeMode.objects.exists()
