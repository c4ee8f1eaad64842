"""Another way when one has failed (R30), quiet hours included (R23)."""

from datetime import datetime, time, timedelta

import pytest

from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import suppress
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.dispatch import Alternative, Recipient, Way
from emailketing.outbox.queueing.fallback import WORTH_IT, fall_back_due
from emailketing.outbox.queueing.write_out import PLAIN
from tests.outbox import cast

pytestmark = pytest.mark.django_db
MAIL, PHONE, OTHER = "ana@cliente.test", "+595981123456", "+595971222333"
ENDED = [State.FAILED, State.BOUNCED, State.SUPPRESSED, State.EXPIRED]
NIGHT = cast.NOON.replace(hour=5)  # two o'clock in Asunción


def queue(
    *others: Alternative, first: tuple[str, str] = ("email", MAIL), now: datetime = cast.NOON
) -> Message:
    mail, phone = cast.sender(9), cast.phone_sender()
    ways = {"email": Way(cast.template(), mail), "sms": Way(cast.short_template(), phone)}
    ana = Recipient(
        channel=first[0], address=first[1], alternatives=others, name="Ana", why="dueña"
    )
    done = cast.queue_request((ana,), mail, key="k", now=now, ways=ways)
    return done.dispatch.messages.get()


def end(message: Message, state: str, **values: object) -> None:
    Message.objects.filter(pk=message.pk).update(**({"state": state} | values))


@pytest.mark.parametrize("state", ENDED)
def test_r30_what_did_not_arrive_goes_by_the_next_way_once(state: str) -> None:
    message = queue(Alternative("sms", "0981 123 456"))
    assert fall_back_due(cast.NOON) == 0
    end(message, state)
    later = cast.NOON + timedelta(minutes=5)
    assert fall_back_due(later) == 1
    assert fall_back_due(later) == 0
    new = Message.objects.exclude(pk=message.pk).get()
    assert (new.channel, new.address, new.state) == ("sms", PHONE, State.READY)
    assert (new.follows, new.dispatch, new.why) == (message, message.dispatch, "dueña")
    assert (new.segments, new.in_doubt_policy, new.created_at) == (1, "hold", later)
    assert new.sender == Sender.objects.get(channel="sms")


def test_r5_the_next_way_writes_as_its_own_sender_does() -> None:
    message = queue(Alternative("email", MAIL), first=("sms", PHONE))
    assert message.fields == {}
    end(message, State.FAILED, fields={"own": 1, PLAIN: True})
    fall_back_due(cast.NOON)
    assert Message.objects.get(channel="email").fields == {"own": 1}


@pytest.mark.parametrize(
    "state", [one for one in State.values if one not in ENDED], ids=lambda one: one
)
def test_r30_in_no_other_state(state: str) -> None:
    message = queue(Alternative("sms", PHONE))
    end(message, state)
    assert fall_back_due(cast.NOON) == 0


@pytest.mark.parametrize("reason", ["given_up", "cancelled"])
def test_r30_nor_when_a_person_has_decided(reason: str) -> None:
    message = queue(Alternative("sms", PHONE))
    end(message, State.FAILED, reason=reason)
    assert fall_back_due(cast.NOON) == 0


def test_the_chain_goes_on_and_ends() -> None:
    first = queue(Alternative("sms", PHONE), Alternative("sms", OTHER))
    chain = [first]
    for _ in range(3):
        end(chain[-1], State.FAILED)
        if fall_back_due(cast.NOON):
            chain.append(Message.objects.get(follows=chain[-1]))
    assert [one.address for one in chain] == [MAIL, PHONE, OTHER]


def test_phone_first_then_mail() -> None:
    message = queue(Alternative("email", MAIL), first=("sms", PHONE))
    end(message, State.BOUNCED)
    assert fall_back_due(cast.NOON) == 1
    new = message.followed_by
    assert (new.channel, new.segments, new.cost) == ("email", None, None)
    assert new.subject == "Aviso: ¡listo!"


def test_who_gets_it_there_anyway_gets_it_once() -> None:
    message = queue(Alternative("sms", PHONE))
    Message.objects.create(
        **{
            field.attname: getattr(message, field.attname)
            for field in Message._meta.concrete_fields
            if not field.primary_key
        }
        | {"channel": "sms", "address": PHONE, "message_id": "<other@x>", "falls_back": False}
    )
    end(message, State.FAILED)
    assert fall_back_due(cast.NOON) == 0
    assert Message.objects.count() == 2


def test_a_number_that_said_stop_is_not_a_way() -> None:
    message = queue(Alternative("sms", PHONE), Alternative("sms", OTHER))
    suppress(PHONE, Suppression.Reason.OPT_OUT, now=cast.NOON, kind="phone")
    end(message, State.FAILED)
    assert fall_back_due(cast.NOON) == 1
    assert message.followed_by.state == State.SUPPRESSED
    assert fall_back_due(cast.NOON) == 1
    assert message.followed_by.followed_by.address == OTHER


def test_old_news_are_not_told_by_another_way() -> None:
    message = queue(Alternative("sms", PHONE))
    end(message, State.BOUNCED)
    assert fall_back_due(cast.NOON + WORTH_IT + timedelta(minutes=1)) == 0
    assert not Message.objects.filter(falls_back=True).exists()


@pytest.mark.parametrize(
    ("written", "hour"),
    [(cast.NOON, 10), (NIGHT - timedelta(hours=1), 5)],
    ids=["waits", "urgent"],
)
def test_r23_nobody_is_woken_unless_the_first_was_as_urgent(written: datetime, hour: int) -> None:
    message = queue(Alternative("sms", PHONE), now=written)
    Company.objects.update(quiet_from=time(21), quiet_to=time(7))
    end(message, State.FAILED)
    now = NIGHT + timedelta(days=1)
    assert fall_back_due(now) == 1
    assert message.followed_by.not_before == now.replace(hour=hour)
