"""What we do never sets off a rule: we write no table of the business, and watch none of ours.

Events come from sources only, from what the business system's own programs did. Two rules cannot
call one another: what a rule makes is a message, and no rule waits for messages.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from emailketing.events.models import Event
from emailketing.outbox.models import Message
from emailketing.sources.connectors import available
from emailketing.sources.models import CapturedChange
from emailketing.triggers.notifications.firing.digest import gathered_due
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.firing.remind import reminders_due
from emailketing.triggers.notifications.models import Rule
from tests.sources.shop import Shop, close_links, now, sqlite_shop
from tests.triggers.cast import Cast

pytestmark = pytest.mark.django_db
TABLES = ("cliente", "correo", "pedido", "renglon", "serie", "aviso", "usuario", "borrado")


@pytest.fixture
def shop(db: None, tmp_path: Path) -> Iterator[Shop]:
    shop = sqlite_shop(tmp_path)
    yield shop
    close_links()
    shop.business.close()  # type: ignore[attr-defined]


def contents(shop: Shop) -> list[list[tuple[object, ...]]]:
    return [shop.rows(f"SELECT * FROM {name} ORDER BY 1") for name in TABLES]  # noqa: S608


def test_two_rules_about_the_same_thing_make_two_messages_and_come_to_rest(shop: Shop) -> None:
    cast = Cast()
    cast.rule.delete()
    source = shop.attach()
    for name in ("one", "other"):
        cast.make_rule(
            name=name,
            source=source,
            process="order",
            repeat=Rule.Repeat.EVERY,
            recipients=[{"kind": "party", "usage": "pedidos"}],
            active_since=None,
        )
    shop.order(1, number="P-1")
    shop.pull()
    before = contents(shop)
    fire_due(now())
    assert Message.objects.count() == 2
    changes, events = CapturedChange.objects.count(), Event.objects.count()
    for _turn in range(3):
        shop.pull()
        assert fire_due(now()) + reminders_due(now()) + gathered_due(now()) == 0
    assert contents(shop) == before
    assert (CapturedChange.objects.count(), Event.objects.count()) == (changes, events)
    assert Message.objects.count() == 2


@pytest.mark.parametrize("connector", available(), ids=lambda connector: connector.name)
def test_no_connector_watches_a_table_of_ours(connector: object) -> None:
    for dialect in connector.dialects:  # type: ignore[attr-defined]
        for watch in connector.watches(dialect):  # type: ignore[attr-defined]
            assert not watch.table.startswith("emk_")
