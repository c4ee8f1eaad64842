"""Digests and caps: many events, one message for each person; and not too many in a day."""

from collections import Counter
from datetime import datetime, time, timedelta

import pytest
from django.db import transaction

from emailketing.channels.models import Sender
from emailketing.common.document import as_document
from emailketing.events.models import Event
from emailketing.outbox.models import Dispatch, Message
from emailketing.sources.document_label import label_in
from emailketing.sources.models import Source
from emailketing.triggers.notifications.firing import digest
from emailketing.triggers.notifications.firing.digest import gathered_due, waiting
from emailketing.triggers.notifications.firing.fire import fire_due, retry_failed
from emailketing.triggers.notifications.models import Gathered, Outcome, Rule
from emailketing.triggers.notifications.rules.save import save_rule, switch
from emailketing.triggers.notifications.trying.simulate import simulate
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
Result = Outcome.Result
HOUR = timedelta(hours=1)
MORNING = datetime.fromisoformat("2026-11-25T07:00-03:00")


@pytest.fixture
def cast(db: None) -> Cast:
    cast = Cast()
    cast.rule.digest, cast.rule.repeat = Rule.Digest.DAY, Rule.Repeat.EVERY
    cast.rule.recipients = [{"kind": "role", "role": cast.management.pk}]
    save_rule(cast.rule, by="t", now=NOW)
    return cast


def test_many_events_are_one_message_in_the_morning(cast: Cast) -> None:
    events = [cast.happen(key=str(key)) for key in range(3)]
    fire_due(NOW)
    assert {cast.outcome(event).result for event in events} == {Result.GATHERED}
    assert gathered_due(MORNING - timedelta(seconds=1)) == 0
    assert gathered_due(MORNING) == 1
    assert gathered_due(MORNING) == 0
    (message,) = Message.objects.all()
    assert message.address == "rosa@shop.example"
    assert message.subject.startswith("3 avisos: Orden de compra OC-0")
    assert [one["label"] for one in message.dispatch.data["documents"]] == [
        "Orden de compra OC-0",
        "Orden de compra OC-1",
        "Orden de compra OC-2",
    ]
    outcome = cast.outcome(events[1])
    assert (outcome.result, outcome.detail, outcome.dispatch) == (
        Result.SENT,
        "told together: 3",
        message.dispatch,
    )


def test_links_lead_people_of_the_house_to_the_console(cast: Cast) -> None:
    cast.company.base_url = "https://avisos.shop.example/"
    cast.company.save()
    cast.rule.recipients = [*cast.rule.recipients, {"kind": "party", "usage": "pedidos"}]
    cast.rule.save()
    event = cast.happen()
    fire_due(NOW)
    assert gathered_due(MORNING) == 2
    told = {m.address: m.dispatch.data["documents"][0]["link"] for m in Message.objects.all()}
    assert told == {
        "rosa@shop.example": f"https://avisos.shop.example/events/{event.pk}/",
        "compras@nanduti.example": "",
    }


def test_words_that_name_the_documents_are_used_as_they_are(cast: Cast) -> None:
    cast.write("es", "{{ count }}", "{% for one in documents %}{{ one.label }} {% endfor %}")
    cast.happen(key="1")
    cast.happen(key="2")
    fire_due(NOW)
    gathered_due(MORNING)
    (message,) = Message.objects.all()
    assert (message.subject, message.revision.template) == ("2", cast.template)


def test_each_hour_tells_what_happened_in_it(cast: Cast) -> None:
    cast.rule.digest = Rule.Digest.HOUR
    cast.rule.save()
    cast.happen(key="1", at=NOW + timedelta(minutes=5))
    fire_due(NOW + timedelta(minutes=5))
    assert gathered_due(NOW + timedelta(minutes=59)) == 0
    assert gathered_due(NOW + HOUR) == 1
    cast.happen(key="2", at=NOW + HOUR)
    fire_due(NOW + HOUR)
    assert gathered_due(NOW + 2 * HOUR) == 1
    assert [m.subject.split(":")[0] for m in Message.objects.order_by("pk")] == ["1 aviso"] * 2


def test_in_quiet_hours_the_digest_waits(cast: Cast) -> None:
    cast.company.quiet_from, cast.company.quiet_to = time(20), time(9)
    cast.company.save()
    cast.happen()
    fire_due(NOW)
    assert gathered_due(MORNING) == 0
    assert gathered_due(MORNING + 2 * HOUR) == 1


def test_a_kill_before_it_is_noted_tells_it_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R13, R28: message and note are one transaction, the key is natural."""
    cast.happen()
    fire_due(NOW)

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(digest, "_note", killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            gathered_due(MORNING)
    assert not Dispatch.objects.exists()
    assert gathered_due(MORNING) == 1
    assert Message.objects.count() == 1


def test_a_rule_switched_off_meanwhile_tells_nothing_and_says_so(cast: Cast) -> None:
    event = cast.happen()
    fire_due(NOW)
    switch(cast.rule, on=False, by="t", now=NOW)
    gathered_due(MORNING)
    outcome = cast.outcome(event)
    assert (outcome.result, outcome.detail) == (Result.DROPPED, "the rule is switched off")
    assert not Message.objects.exists()


def test_what_failed_can_be_gathered_again(cast: Cast) -> None:
    event = cast.happen()
    fire_due(NOW)
    cast.sender.delete()
    gathered_due(MORNING)
    assert cast.outcome(event).result == Result.FAILED
    Sender.objects.create(name="Avisos", from_address="a@shop.example", host="smtp.shop.example")
    assert retry_failed(cast.rule, by="t", now=MORNING) == 1
    fire_due(MORNING)
    assert cast.outcome(event).result == Result.GATHERED
    assert gathered_due(MORNING + 24 * HOUR) == 1
    assert Gathered.objects.get().dispatch == Message.objects.get().dispatch


def test_a_cap_tells_nobody_more_than_so_often_a_day(cast: Cast) -> None:
    cast.rule.digest, cast.rule.daily_cap = "", 2
    cast.rule.save()
    results = [cast.judge(key=str(key)).result for key in range(4)]
    assert results == [Result.SENT, Result.SENT, Result.CAPPED, Result.CAPPED]
    detail = Outcome.objects.filter(result=Result.CAPPED)[0].detail
    assert detail == "Rosa had 2 messages of this rule today already"
    tomorrow = NOW + 24 * HOUR
    event = cast.happen(key="9", at=tomorrow)
    fire_due(tomorrow)
    assert cast.outcome(event).result == Result.SENT


def test_a_digest_beyond_the_cap_waits_for_the_next_day(cast: Cast) -> None:
    cast.rule.digest, cast.rule.daily_cap = Rule.Digest.HOUR, 1
    cast.rule.save()
    for hour, keys in enumerate(("12", "3", "4")):
        for key in keys:
            cast.happen(key=key, at=NOW + hour * HOUR)
        fire_due(NOW + hour * HOUR)
        gathered_due(NOW + (hour + 1) * HOUR)
    messages = Message.objects.order_by("pk")
    assert [m.dispatch.data["count"] for m in messages] == [2]
    found = simulate(cast.rule, now=NOW + 4 * HOUR)
    assert (found.messages, list(found.by_day.values())) == (2, [1, 1])
    first_of_the_next_day = datetime.fromisoformat("2026-11-25T01:00-03:00")
    assert {row.due_at for row in waiting(cast.rule)} == {first_of_the_next_day}
    assert gathered_due(first_of_the_next_day - timedelta(seconds=1)) == 0
    gathered_due(first_of_the_next_day)
    assert [m.dispatch.data["count"] for m in messages.all()] == [2, 2]
    assert not waiting(cast.rule)


def test_the_first_time_per_document_is_told_in_one_digest_only(cast: Cast) -> None:
    cast.rule.repeat = Rule.Repeat.ONCE
    cast.rule.save()
    event, again = cast.happen(key="1"), cast.happen(key="1")
    other = cast.happen(key="2")
    fire_due(NOW)
    results = [cast.outcome(one).result for one in (event, again, other)]
    assert results == [Result.GATHERED, Result.ALREADY, Result.GATHERED]
    gathered_due(MORNING)
    (message,) = Message.objects.all()
    assert message.dispatch.data["count"] == 2
    later = cast.happen(key="1", at=MORNING)
    fire_due(MORNING)
    assert cast.outcome(later).result == Result.ALREADY
    # a number given again after a deletion is another document
    Event.objects.filter(pk=later.pk).update(data={**later.data, "life": 1})
    later.readings.update(read_at=None)
    fire_due(MORNING)
    assert cast.outcome(later).result == Result.GATHERED


def test_a_cap_used_up_every_day_keeps_no_digest_waiting_for_ever(cast: Cast) -> None:
    """The mail and the SMS of one person are two digests: neither uses up the other's number."""
    cast.rule.digest_hour, cast.rule.daily_cap = 7, 1
    cast.rule.delivery = Rule.Delivery.BOTH
    sender = Sender.objects.create(name="SMS", channel="sms", kind="http", host="sms.example")
    cast.rule.choose("sms", template=cast.template, sender=sender)
    cast.rule.save()
    cast.boss.addresses.create(value="+595981123456", kind="phone")
    for day in range(3):
        cast.happen(key=str(day), at=NOW + day * 24 * HOUR)
        fire_due(NOW + day * 24 * HOUR)
        gathered_due(MORNING + day * 24 * HOUR)
        assert not waiting(cast.rule)
    told = Counter(Message.objects.values_list("channel", flat=True))
    assert told == {"email": 3, "sms": 3}


def test_a_daily_digest_put_off_keeps_its_hour(cast: Cast) -> None:
    cast.rule.daily_cap = 1
    cast.rule.save()
    cast.happen(key="1")
    fire_due(NOW)
    gathered_due(MORNING)
    event = cast.happen(key="2", at=MORNING)
    fire_due(MORNING)
    Gathered.objects.filter(event=event).update(due_at=MORNING)  # its hour was changed meanwhile
    gathered_due(MORNING)
    (row,) = waiting(cast.rule)
    assert row.due_at == MORNING + 24 * HOUR
    assert cast.outcome(event).result == Result.GATHERED


def test_the_cap_is_for_each_person_and_urgent_ignores_it(cast: Cast) -> None:
    cast.rule.digest, cast.rule.daily_cap = "", 1
    cast.rule.save()
    cast.judge(key="1")
    cast.rule.recipients = [*cast.rule.recipients, {"kind": "party", "usage": "pedidos"}]
    cast.rule.save()
    outcome = cast.judge(key="2")
    assert outcome.result == Result.SENT
    assert "Rosa had 1" in outcome.detail
    assert Message.objects.filter(address="rosa@shop.example").count() == 1
    cast.rule.is_urgent = True
    cast.rule.save()
    cast.judge(key="3")
    assert Message.objects.filter(address="rosa@shop.example").count() == 2


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("es", "Orden de compra OC-1"),
        ("en", "Purchase order OC-1"),
        ("pt", "Ordem de compra OC-1"),
        ("fr", "Orden de compra OC-1"),
    ],
)
def test_a_document_is_called_by_its_name_in_the_readers_language(
    cast: Cast, language: str, label: str
) -> None:
    cast.company.language = "es"
    cast.company.save()
    Source.objects.filter(pk=cast.source.pk).update(connector="estacion")
    document = {"type": "purchase_order", "label": "Orden de compra OC-1", "number": "OC-1"}
    event = Event(
        source=cast.source.slug, document_type="purchase_order", data={"document": document}
    )
    assert label_in(event, as_document(document), language) == label
