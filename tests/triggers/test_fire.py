"""What a rule makes of an event: a message, or the exact reason why there is none."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from emailketing.alerts.troubles import troubles
from emailketing.channels.models import Sender
from emailketing.channels.senders import pause, resume
from emailketing.contacts.models import Contact, Suppression
from emailketing.contacts.suppress import suppress
from emailketing.events.models import Event
from emailketing.events.readers import read_at
from emailketing.outbox.models import Message
from emailketing.triggers.notifications.firing.fire import (
    fire,
    fire_due,
    retry,
    retry_failed,
)
from emailketing.triggers.notifications.firing.reader import RULES
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.rules.save import switch
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
Result = Outcome.Result


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


def sent_to() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("address", flat=True))


def test_a_matching_event_is_one_message_in_the_language_of_the_reader(cast: Cast) -> None:
    outcome = cast.judge()
    assert (outcome.result, outcome.detail) == (Result.SENT, "")
    (message,) = Message.objects.all()
    assert (message.address, message.language) == ("compras@nanduti.example", "pt")
    assert message.subject == "Order OC-17"
    assert message.why == "party of the document, address for Orders"
    assert message.dispatch.scope == "source:shop"
    assert read_at(RULES, outcome.event) == NOW


def test_without_a_rule_nothing_is_sent_and_the_event_has_been_looked_at(cast: Cast) -> None:
    event = cast.happen(kind="quotation")
    assert fire_due(NOW) == 1
    assert read_at(RULES, event) == NOW
    assert not event.outcomes.exists()


def test_a_false_condition_says_what_was_compared(cast: Cast) -> None:
    cast.rule.condition = {"all": [{"field": "totals.total", "op": "gte", "value": "100000"}]}
    cast.rule.save()
    outcome = cast.judge()
    assert (outcome.result, outcome.detail) == (
        Result.CONDITION,
        "Total: PYG 90,000 < PYG 100,000",
    )
    assert sent_to() == []


def test_a_field_that_vanished_is_named(cast: Cast) -> None:
    cast.rule.condition = {"field": "no.more", "op": "filled"}
    cast.rule.save()
    outcome = cast.judge()
    assert outcome.result == Result.FAILED
    assert "no.more" in outcome.detail


def test_once_per_document_means_once(cast: Cast) -> None:
    cast.judge()
    outcome = cast.judge(notes="saved again")
    assert (outcome.result, outcome.detail) == (Result.ALREADY, "already sent for this document")
    assert len(sent_to()) == 1


def test_every_time_means_every_time(cast: Cast) -> None:
    cast.rule.repeat = Rule.Repeat.EVERY
    cast.rule.save()
    assert [cast.judge().result, cast.judge().result] == [Result.SENT, Result.SENT]


def test_another_document_under_a_number_given_again_is_sent(cast: Cast) -> None:
    cast.judge()
    event = cast.happen()
    event.data["life"] = 1
    event.save()
    fire_due(NOW)
    assert cast.outcome(event).result == Result.SENT


def test_what_happened_before_the_rule_was_on_fires_nothing(cast: Cast) -> None:
    switch(cast.rule, on=False, by="t", now=NOW)
    event = cast.happen(at=NOW - timedelta(hours=3))
    switch(cast.rule, on=True, by="t", now=NOW - timedelta(hours=1))
    fire_due(NOW)
    assert cast.outcome(event).result == Result.BEFORE
    assert sent_to() == []


def test_a_rule_that_is_off_leaves_no_outcome(cast: Cast) -> None:
    switch(cast.rule, on=False, by="t", now=NOW)
    event = cast.happen()
    fire_due(NOW)
    assert not event.outcomes.exists()


def test_a_supplier_without_e_mail_is_said_so(cast: Cast) -> None:
    cast.supplier.addresses.all().delete()
    outcome = cast.judge()
    assert (outcome.result, outcome.detail) == (
        Result.NO_ADDRESS,
        "Ñandutí S.A. has no e-mail address.",
    )


def test_once_there_is_an_address_the_next_time_works(cast: Cast) -> None:
    cast.supplier.addresses.all().delete()
    cast.judge()
    cast.address("neu@nanduti.example")
    assert cast.judge().result == Result.SENT


@pytest.mark.parametrize(
    "broken", ["no at sign", "two@@x.example", "a@x.example\r\nBcc: b@c.example"]
)
def test_an_impossible_address_is_named_and_leaves_the_key_free(cast: Cast, broken: str) -> None:
    cast.supplier.addresses.all().delete()
    cast.address(broken)
    outcome = cast.judge()
    assert outcome.result == Result.NO_ADDRESS
    assert "is not an e-mail address" in outcome.detail  # the wire has the same opinion (S3)
    cast.supplier.addresses.update(value="jürgen@nandutí.example")
    assert cast.judge().result == Result.SENT
    assert sent_to() == ["jürgen@xn--nandut-7va.example"] or len(sent_to()) == 1


def test_a_supplier_without_e_mail_goes_to_the_fallback_and_says_why(cast: Cast) -> None:
    cast.supplier.addresses.update(value="juan perez@nanduti.example", problem="not understood")
    cast.rule.fallback = {"kind": "address", "value": "compras@shop.example", "name": "Compras"}
    cast.rule.save()
    outcome = cast.judge()
    assert outcome.result == Result.SENT
    assert outcome.detail.startswith("nobody had an address: went to the fallback")
    said = "The e-mail of Ñandutí S.A. is not understood: “juan perez@nanduti.example”."
    assert said in outcome.detail
    assert sent_to() == ["compras@shop.example"]


def test_a_party_nobody_knows_is_said_so(cast: Cast) -> None:
    outcome = cast.judge(party={"key": "supplier:99", "name": "Nadie"})
    assert outcome.detail == "Nadie is not among the contacts."


def test_a_party_that_is_no_longer_active_is_said_so(cast: Cast) -> None:
    cast.supplier.is_active = False
    cast.supplier.save()
    assert "no longer active" in cast.judge().detail


def test_a_document_without_party_is_said_so(cast: Cast) -> None:
    assert cast.judge(party={}).detail == "The document names nobody to write to."


def test_the_usage_decides_then_any_then_the_first(cast: Cast) -> None:
    cast.address("general@nanduti.example")
    cast.address("pagos@nanduti.example", usage="pagos")
    cast.judge(key="1")
    cast.rule.recipients = [{"kind": "party", "usage": "ventas"}]
    cast.rule.save()
    cast.judge(key="2")
    cast.supplier.addresses.filter(usage="").delete()
    cast.judge(key="3")
    assert sent_to() == [
        "compras@nanduti.example",
        "general@nanduti.example",
        "compras@nanduti.example",
    ]


def test_roles_literals_and_copies_each_get_a_message_of_their_own(cast: Cast) -> None:
    cast.rule.recipients = [
        {"kind": "address", "value": "audit@shop.example", "copy": True},
        {"kind": "party", "usage": "pedidos"},
        {"kind": "role", "role": cast.management.pk, "copy": True},
        {"kind": "address", "value": "COMPRAS@nanduti.example"},
    ]
    cast.rule.save()
    cast.judge()
    found = [(m.address, m.language, m.why) for m in Message.objects.order_by("pk")]
    assert found == [
        (
            "compras@nanduti.example",
            "pt",
            "party of the document, address for Orders; named in the rule",
        ),
        ("audit@shop.example", "en", "copy: named in the rule"),
        ("rosa@shop.example", "es", "copy: has the duty Management"),
    ]


def test_who_only_reads_along_does_not_replace_the_fallback(cast: Cast) -> None:
    cast.supplier.addresses.all().delete()
    cast.rule.recipients.append({"kind": "role", "role": cast.management.pk, "copy": True})
    cast.rule.fallback = {"kind": "address", "value": "compras@shop.example"}
    cast.rule.save()
    cast.judge()
    assert sent_to() == ["compras@shop.example", "rosa@shop.example"]


def test_a_deleted_or_empty_role_is_said_so(cast: Cast) -> None:
    cast.rule.recipients = [
        {"kind": "role", "role": cast.management.pk},
        {"kind": "role", "role": 99},
    ]
    cast.rule.save()
    cast.boss.is_active = False
    cast.boss.save()
    outcome = cast.judge()
    assert "Nobody has the duty Management." in outcome.detail
    assert "A role of this rule was deleted." in outcome.detail


def test_a_suppressed_address_is_in_the_ledger_with_its_reason(cast: Cast) -> None:
    suppress("compras@nanduti.example", Suppression.Reason.BOUNCE, now=NOW)
    outcome = cast.judge()
    said = "Not sent to compras@nanduti.example: the address does not exist, since 24 Nov 2026."
    assert (outcome.result, outcome.detail) == (Result.NO_ADDRESS, said)
    assert Message.objects.get().state == "suppressed"
    assert retry(outcome, by="t", now=NOW).detail == said  # not “already sent”: nothing was


def test_the_delay_is_kept(cast: Cast) -> None:
    cast.rule.delay_minutes = 30
    cast.rule.save()
    cast.judge()
    message = Message.objects.get()
    assert (message.state, message.not_before) == ("scheduled", NOW + timedelta(minutes=30))


def test_s35_orders_wait_for_the_only_sender_that_is_switched_off(cast: Cast) -> None:
    pause(cast.sender, by="ana", now=NOW, reason="mudanza")
    outcome = cast.judge()
    assert (outcome.result, outcome.detail) == (
        Result.SENT,
        "It waits until the sender “Avisos” is switched on.",
    )
    assert Message.objects.get().sender == cast.sender
    (trouble,) = [one for one in troubles(NOW) if one.kind == "sender"]
    assert "1 message waits for this sender, which is switched off" in trouble.sentence
    resume(cast.sender, by="ana", now=NOW)
    assert [one for one in troubles(NOW) if one.kind == "sender"] == []


def test_s35_a_sender_that_works_is_preferred_to_one_switched_off(cast: Cast) -> None:
    other = Sender.objects.create(name="Otro", from_address="o@shop.example", host="x.example")
    pause(cast.sender, by="ana", now=NOW)
    cast.judge()
    assert Message.objects.get().sender == other


def test_without_a_sender_it_says_what_to_do_and_can_be_tried_again(cast: Cast) -> None:
    cast.sender.delete()
    outcome = cast.judge()
    assert (outcome.result, outcome.detail) == (
        Result.FAILED,
        "There is no active sender. Make one under Senders.",
    )
    Sender.objects.create(name="Avisos", from_address="a@shop.example", host="smtp.shop.example")
    assert retry(outcome, by="t", now=NOW).result == Result.SENT
    assert retry(outcome, by="t", now=NOW).result == Result.SENT
    assert len(sent_to()) == 1


def test_once_the_address_is_there_the_worker_writes_what_could_not_be_written(cast: Cast) -> None:
    cast.supplier.addresses.all().delete()
    outcome = cast.judge()
    cast.address("neu@nanduti.example")
    assert retry_failed(cast.rule, by="t", now=NOW) == 1
    assert fire_due(NOW) == 1
    outcome.refresh_from_db()
    assert outcome.result == Result.SENT


def test_a_rule_that_fails_takes_no_other_with_it(cast: Cast) -> None:
    other = cast.make_rule(name="Copy", recipients=[{"kind": "role", "role": cast.management.pk}])
    cast.rule.condition = {"field": "no.more", "op": "filled"}
    cast.rule.save()
    event = cast.happen()
    fire_due(NOW)
    assert cast.outcome(event).result == Result.FAILED
    assert cast.outcome(event, other).result == Result.SENT


def test_firing_twice_is_once(cast: Cast) -> None:
    event = cast.happen()
    fire(event, now=NOW)
    assert fire(event, now=NOW) == []
    assert cast.outcome(event).result == Result.SENT
    assert len(sent_to()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_the_same_events_send_each_once() -> None:
    cast = Cast()
    events = [cast.happen(key=str(key)) for key in range(10)]

    def work() -> None:
        try:
            for event in events:
                fire(event, now=NOW)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(Outcome.objects.values_list("result", flat=True)) == ["sent"] * 10
    assert len(sent_to()) == 10
    assert connection.vendor in {"sqlite", "postgresql"}


def test_a_rule_sees_only_events_of_its_own_source(cast: Cast) -> None:
    event = cast.happen()
    Event.objects.update(source="elsewhere")
    fire_due(NOW)
    assert not event.outcomes.exists()


def test_a_change_is_told_only_to_those_who_were_told_of_the_order(cast: Cast) -> None:
    """“This order replaces the one sent”: issue 4, point 1."""
    rule = cast.make_rule(process="purchase_order_changed", repeat=Rule.Repeat.EVERY)
    kind: dict[str, Any] = {"kind": "purchase_order_changed"}
    unknown = cast.happen(**kind)
    fire_due(NOW)
    assert cast.outcome(unknown, rule).result == Result.CONDITION
    assert "told" in cast.outcome(unknown, rule).detail
    cast.judge(key="18")
    for _turn in range(2):
        changed = cast.happen(key="18", **kind)
        fire_due(NOW)
        assert cast.outcome(changed, rule).result == Result.SENT
    assert len(sent_to()) == 3


def test_an_order_that_did_not_reach_anybody_is_not_called_back(cast: Cast) -> None:
    rule = cast.make_rule(process="purchase_order_cancelled")
    cast.judge()
    Message.objects.update(state="bounced")
    event = cast.happen(kind="purchase_order_cancelled")
    fire_due(NOW)
    assert cast.outcome(event, rule).result == Result.CONDITION
    Message.objects.update(state="delivered")
    assert retry(cast.outcome(event, rule), by="t", now=NOW).result == Result.SENT


def asked_of(table: str, asked: CaptureQueriesContext) -> int:
    return sum(f'FROM "{table}"' in one["sql"] for one in asked)


def test_the_people_of_a_role_are_read_at_once_and_without_a_pdf_once_only(cast: Cast) -> None:
    for number in range(5):
        contact = Contact.objects.create(name=f"Clerk {number}", language="es")
        contact.addresses.create(value=f"clerk{number}@shop.example")
        cast.management.contacts.add(contact)
    cast.rule.recipients = [{"kind": "role", "role": cast.management.pk}]
    cast.rule.attach_document = True  # the template has no layout
    cast.rule.save()
    event = cast.happen()
    with CaptureQueriesContext(connection) as asked:
        assert fire(event, now=NOW)[0].result == Result.SENT
    assert len(sent_to()) == 6
    assert asked_of("contacts_address", asked) == 1
    assert asked_of("contacts_role", asked) == 1
