"""Any number of people in blocks: each block once, in constant memory, to be stopped between."""

import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from emailketing.channels.models import Sender
from emailketing.content.models import Revision, Template
from emailketing.outbox.models import Dispatch, Message, State
from emailketing.outbox.queueing.blocks import (
    NotOpen,
    add_block,
    cancel_dispatch,
    close_dispatch,
    open_dispatch,
    totals,
)
from emailketing.outbox.queueing.dispatch import (
    DoesNotFit,
    KeyReused,
    MailClass,
    Recipient,
    Request,
    Way,
)
from emailketing.outbox.queueing.preview import preview
from tests.outbox import cast
from tests.sources.test_write_down import too_long_for_our_database

pytestmark = pytest.mark.django_db
ANA = "ana@cliente.test"


def request(key: str = "lista:1", note: str = "precios") -> Request:
    sender = Sender.objects.first() or cast.sender(9)
    cast.allow_links()
    return Request(
        key=key,
        trigger="campaign:1",
        trigger_label="Precios de la semana",
        ways={"email": Way(cast.template(), sender)},
        recipients=(),
        data={"note": note},
        mail_class=MailClass.MARKETING,
    )


def people(start: int, end: int) -> list[Recipient]:
    return [
        Recipient(address=f"p{n}@cliente.test", name=f"P{n}", fields={"own": n})
        for n in range(start, end)
    ]


def opened() -> Dispatch:
    return open_dispatch(request(), now=cast.NOON)


def test_r27_blocks_of_any_process_are_one_dispatch_and_each_of_them_once() -> None:
    first = opened()
    assert add_block(first, "1", people(0, 10), now=cast.NOON).is_new
    again = Dispatch.objects.get(pk=open_dispatch(request(), now=cast.NOON).pk)
    assert again == first
    assert not add_block(again, "1", people(0, 10), now=cast.NOON + timedelta(hours=1)).is_new
    assert add_block(again, "2", people(10, 15), now=cast.NOON).block.messages == 5
    assert totals(first) == {"messages": 15, "repeated": 0, "refused": 0}
    assert Message.objects.filter(dispatch=first, state=State.READY).count() == 15


def test_a_value_our_database_cannot_keep_is_said_and_nothing_of_it_is_written() -> None:
    dispatch, other = opened(), request(key="lista:2")
    with too_long_for_our_database() as long:
        with pytest.raises(DoesNotFit):
            open_dispatch(replace(other, document_type=long), now=cast.NOON)
        with pytest.raises(DoesNotFit):
            add_block(dispatch, "1", [Recipient(address=ANA, language=long)], now=cast.NOON)
    assert [one.key for one in Dispatch.objects.all()] == ["lista:1"]
    assert not Message.objects.exists()


def test_r27_a_name_or_key_used_for_something_else_is_an_error() -> None:
    dispatch = opened()
    add_block(dispatch, "1", people(0, 3), now=cast.NOON)
    with pytest.raises(KeyReused, match="1"):
        add_block(dispatch, "1", people(0, 4), now=cast.NOON)
    with pytest.raises(KeyReused, match="lista:1"):
        open_dispatch(request(note="otra cosa"), now=cast.NOON)
    assert Message.objects.count() == 3


def test_who_stands_in_two_blocks_is_written_to_once_and_who_cannot_be_reached_is_counted() -> None:
    dispatch = opened()
    add_block(dispatch, "1", [Recipient(address=ANA)], now=cast.NOON)
    some = [Recipient(address=a) for a in ("ANA@cliente.test", "b@cliente.test", "nobody", ANA)]
    added = add_block(dispatch, "2", some, now=cast.NOON)
    assert (added.block.messages, added.block.repeated, added.block.refused) == (1, 2, 1)
    assert [refusal.address for refusal in added.refused] == ["nobody"]
    assert totals(dispatch) == {"messages": 2, "repeated": 2, "refused": 1}


def test_a_block_that_fails_leaves_nothing_of_it_and_can_be_added_again() -> None:
    dispatch = opened()
    own: Any = object()
    broken = [*people(0, 2), Recipient(address=ANA, fields={"own": own})]
    with pytest.raises(TypeError):
        add_block(dispatch, "1", broken, now=cast.NOON)
    assert not Message.objects.exists()
    assert add_block(dispatch, "1", people(0, 3), now=cast.NOON).block.messages == 3


def test_r5_the_words_of_the_first_block_are_those_of_the_last() -> None:
    dispatch = opened()
    add_block(dispatch, "1", people(0, 1), now=cast.NOON)
    template = Template.objects.get()
    old = Revision.objects.get()
    Revision.objects.create(
        template=template, language="es", number=2, subject="Otro", body="Otro", text="Otro",
        html="<p>Otro</p>", created_at=cast.NOON,
    )  # fmt: skip
    add_block(dispatch, "2", people(1, 2), now=cast.NOON)
    assert set(Message.objects.values_list("revision", flat=True)) == {old.pk}
    assert preview(Message.objects.latest("pk")).subject == "Aviso: precios"


def test_closed_it_takes_nobody_any_more_and_says_so() -> None:
    dispatch = opened()
    add_block(dispatch, "1", people(0, 2), now=cast.NOON)
    assert close_dispatch(close_dispatch(dispatch)).stage == "closed"
    assert not add_block(dispatch, "1", people(0, 2), now=cast.NOON).is_new  # was there before
    with pytest.raises(NotOpen, match="Precios de la semana"):
        add_block(dispatch, "2", people(2, 3), now=cast.NOON)


def test_cancelled_between_two_blocks_nobody_waiting_is_written_to() -> None:
    dispatch = opened()
    add_block(dispatch, "1", people(0, 8), now=cast.NOON)
    in_hand = Message.objects.order_by("pk")[:2]
    Message.objects.filter(pk__in=[m.pk for m in in_hand]).update(state=State.CLAIMED)
    assert cancel_dispatch(dispatch, why="Precio equivocado", now=cast.NOON) == 6
    assert cancel_dispatch(dispatch, why="Precio equivocado", now=cast.NOON) == 0
    stopped = Message.objects.filter(state=State.CANCELLED)
    assert {message.detail for message in stopped} == {"Precio equivocado"}
    with pytest.raises(NotOpen):
        add_block(dispatch, "2", people(8, 9), now=cast.NOON)
    with pytest.raises(NotOpen):
        close_dispatch(dispatch)


def test_what_was_written_at_once_is_not_cancelled_as_a_whole() -> None:
    message = cast.queue(ANA, cast.sender(9))
    with pytest.raises(NotOpen):
        cancel_dispatch(message.dispatch, why="x", now=cast.NOON)
    assert Message.objects.get().state == State.READY


def test_memory_holds_one_block_however_many_there_are() -> None:
    dispatch = opened()
    add_block(dispatch, "warm", people(0, 200), now=cast.NOON)
    peaks = []
    for start, blocks in ((1, 2), (3, 12)):
        tracemalloc.start()
        for number in range(start, start + blocks):
            some = people(number * 200, number * 200 + 200)
            add_block(dispatch, str(number), some, now=cast.NOON)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_four_hundred_people_are_added_with_few_queries(
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    dispatch = opened()
    add_block(dispatch, "warm", people(0, 2), now=cast.NOON)
    with django_assert_max_num_queries(50):  # SQLite takes 33 rows by one statement
        add_block(dispatch, "many", people(2, 402), now=cast.NOON)


@pytest.mark.django_db(transaction=True)
def test_four_workers_adding_the_same_blocks_write_each_person_once() -> None:
    dispatch = opened()

    def add_all(_worker: int) -> None:
        try:
            for number in range(5):
                some = people(number * 20, number * 20 + 25)  # five of each are in the next, too
                add_block(dispatch, str(number), some, now=cast.NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_all, range(4)))
    assert Message.objects.count() == 105
    assert totals(dispatch) == {"messages": 105, "repeated": 20, "refused": 0}
