"""What stands still is told once to the administrators, and again only after it had ended."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import Settings

from emailketing.accounts.models import User
from emailketing.accounts.roles import ensure_roles
from emailketing.alerts import troubles as looked_at
from emailketing.alerts.alert import alert
from emailketing.alerts.models import Alert
from emailketing.channels.models import Sender
from emailketing.company.beat import SENDING, beat_file
from emailketing.company.models import StepState
from emailketing.content.models import Brand
from emailketing.outbox.models import Attempt, ClockJump, MailClass, Message, State
from emailketing.outbox.queueing.preview import preview
from emailketing.outbox.sending.breaker import note_failure, note_success
from emailketing.sources.gaps import Blind, note_gap
from emailketing.sources.models import Gap, Source
from emailketing.triggers.notifications.models import Outcome
from emailketing.web.console.dashboard.alerts import page, what_to_do
from emailketing.web.console.dashboard.figures import list_url
from emailketing.worker.leases import show_life
from tests.outbox import cast as outbox
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
SECOND_WORKER = "2 \N{MIDDLE DOT} office"


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def chiefs(db: None) -> list[User]:
    ensure_roles()
    rosa = User.objects.create_superuser("rosa", "rosa@shop.example", "x", language="pt")
    User.objects.create_superuser("mute", "", "x")
    User.objects.create_user("reader", "reader@shop.example", "x")
    return [rosa]


def fail(sender: Sender) -> None:
    note_failure(sender.pk, "535 wrong password", is_account=True, now=NOW)


def told() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("address", flat=True))


def test_a_sender_that_rests_is_told_once_after_five_minutes(
    cast: Cast, chiefs: list[User]
) -> None:
    fail(cast.sender)
    assert alert(NOW) == 0
    assert (Alert.objects.get().name, told()) == ("Avisos", [])
    assert alert(NOW + 5 * MINUTE) == 1
    for minutes in (6, 30, 600):
        alert(NOW + minutes * MINUTE)
    assert told() == ["rosa@shop.example"]


def test_the_mail_says_what_and_what_to_do_in_the_readers_language(
    cast: Cast, chiefs: list[User]
) -> None:
    fail(cast.sender)
    alert(NOW)
    alert(NOW + 5 * MINUTE)
    message = Message.objects.get()
    assert (message.mail_class, message.language) == (MailClass.SECURITY, "pt")
    assert message.expires_at > NOW + timedelta(hours=20)  # not the 15 minutes of its class
    words = preview(message)
    assert words.subject == "Alerta: “Avisos” precisa de atenção"
    for part in ("535 wrong password", "servidor, usuário, senha"):
        assert part in words.text


def test_a_short_trouble_leaves_no_trace(cast: Cast, chiefs: list[User]) -> None:
    fail(cast.sender)
    alert(NOW)
    note_success(cast.sender.pk)
    assert alert(NOW + 2 * MINUTE) == 0
    assert not Alert.objects.exists()


def test_it_is_told_again_when_it_had_ended_and_came_back(cast: Cast, chiefs: list[User]) -> None:
    for begin in (0, 60):
        fail(cast.sender)
        alert(NOW + begin * MINUTE)
        alert(NOW + (begin + 5) * MINUTE)
        note_success(cast.sender.pk)
        alert(NOW + (begin + 20) * MINUTE)
    assert told() == ["rosa@shop.example"] * 2
    ended = Alert.objects.order_by("pk").values_list("ended_at", flat=True)
    assert list(ended) == [NOW + 20 * MINUTE, NOW + 80 * MINUTE]


def test_a_source_in_trouble_and_a_full_store_are_told(
    cast: Cast, chiefs: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    Source.objects.update(status=Source.Status.TROUBLE, problem="The server does not answer.")
    monkeypatch.setattr(looked_at, "LEAST_ROOM", 10**18)  # more than any disk has
    alert(NOW)
    assert Message.objects.count() == 1  # the store at once, the source when it lasts
    alert(NOW + 5 * MINUTE)
    assert set(Alert.objects.values_list("kind", "name")) == {
        ("source", "Shop"),
        ("store", "attachment store"),
    }
    assert Message.objects.count() == 2


def test_a_flood_is_one_alert_whatever_its_size(cast: Cast, chiefs: list[User]) -> None:
    cast.rule.flood_limit = 1
    cast.rule.save()
    for number in range(4):
        cast.judge(key=str(number))
    assert Outcome.objects.filter(result=Outcome.Result.HELD).count() == 3
    before = Message.objects.count()
    assert alert(NOW) == 1
    cast.judge(key="9")
    alert(NOW + MINUTE)
    assert Message.objects.count() == before + 1
    assert Alert.objects.get().sentence.startswith("4 events are held")


@pytest.mark.parametrize("state", [State.QUARANTINED, State.HELD])
def test_r24_what_is_put_aside_is_told_at_once(state: str, cast: Cast, chiefs: list[User]) -> None:
    """Not only in the list of tomorrow: nothing moves until somebody decides."""
    message = outbox.queue("ana@cliente.test", cast.sender, now=NOW)
    assert alert(NOW) == 0
    Message.objects.filter(pk=message.pk).update(
        state=state, detail="The worker stopped three times at this message"
    )
    assert alert(NOW) == 1
    said = Alert.objects.get()
    assert (said.kind, said.about, said.name) == ("waiting", "rule:7", "Aviso")
    assert "The worker stopped three times at this message. Look at it" in said.sentence
    assert told()[1:] == ["rosa@shop.example"]
    alert(NOW + MINUTE)
    assert len(told()) == 2, "once"
    Message.objects.filter(pk=message.pk).update(state=State.CANCELLED)
    assert alert(NOW + 2 * MINUTE) == 1
    assert Alert.objects.get().ended_at == NOW + 2 * MINUTE


def test_r4_one_message_in_doubt_is_told_once_no_receipt_has_ended_it(
    cast: Cast, chiefs: list[User]
) -> None:
    message = outbox.queue("ana@cliente.test", cast.sender, now=NOW)
    Message.objects.filter(pk=message.pk).update(
        state=State.IN_DOUBT, detail="The connection broke after the text was handed over."
    )
    ended = {"finished_at": NOW, "started_at": NOW, "outcome": Attempt.Outcome.IN_DOUBT}
    Attempt.objects.create(message=message, number=1, phase="dot", **ended)
    assert alert(NOW + MINUTE) == 0, "a receipt may come"
    assert alert(NOW + 6 * MINUTE) == 1
    said = Alert.objects.get()
    assert (said.kind, said.about) == ("waiting", "rule:7:doubt")
    assert "nobody knows whether it arrived" in said.sentence
    assert "handed over" in said.sentence
    assert page(said) == list_url("in_doubt", "all")
    assert what_to_do(said).startswith("Ask the recipient")
    assert alert(NOW + 7 * MINUTE) == 0, "once"
    Message.objects.filter(pk=message.pk).update(state=State.ACCEPTED)
    assert alert(NOW + 8 * MINUTE) == 1
    assert Alert.objects.get().ended_at == NOW + 8 * MINUTE


def test_a_clock_that_was_put_right_is_said_for_a_day(cast: Cast, chiefs: list[User]) -> None:
    ClockJump.objects.create(at=NOW, seconds=10_800, moved=4)
    assert alert(NOW) == 1
    assert "180 minutes ahead" in Alert.objects.get().sentence
    assert "4 messages" in Alert.objects.get().sentence
    assert told() == ["rosa@shop.example"]
    assert alert(NOW + timedelta(days=1)) == 1
    assert Alert.objects.get().ended_at


def test_a_spent_budget_is_told_with_what_was_spent(cast: Cast, chiefs: list[User]) -> None:
    sender = outbox.phone_sender(price=Decimal(35), monthly_budget=Decimal(100))
    first = outbox.queue_phone("+595981000111", sender, now=NOW)
    outbox.queue_phone("+595981000222", sender, now=NOW)
    Message.objects.update(state=State.ACCEPTED, accepted_at=NOW, cost=Decimal(60))
    Message.objects.filter(pk=first.pk).update(is_redirected=True)
    assert alert(NOW) == 0  # what went to the test inbox costs nothing
    Message.objects.update(is_redirected=False)
    assert alert(NOW) == 1
    assert "PYG 120 of PYG 100" in Alert.objects.get().sentence
    assert alert(NOW + timedelta(days=10)) == 1  # a new month: over


def test_without_an_administrators_address_the_company_hears_of_it(cast: Cast) -> None:
    Brand.objects.create(name="B", email="office@shop.example", is_default=True)
    fail(cast.sender)
    alert(NOW)
    alert(NOW + 5 * MINUTE)
    assert told() == ["office@shop.example"]


def test_another_sender_carries_the_news_of_one_that_rests(cast: Cast, chiefs: list[User]) -> None:
    other = Sender.objects.create(
        name="Otro", from_address="otro@shop.example", host="smtp2.shop.example"
    )
    fail(cast.sender)
    alert(NOW)
    alert(NOW + 5 * MINUTE)
    assert Message.objects.get().sender == other


def test_it_is_said_in_the_companys_language_as_it_is_now(cast: Cast, chiefs: list[User]) -> None:
    cast.company.language = "pt"
    cast.company.save()
    sender = outbox.phone_sender(price=Decimal(35), monthly_budget=Decimal(1000))
    outbox.queue_phone("+595981000111", sender, now=NOW)
    Message.objects.update(state=State.ACCEPTED, accepted_at=NOW, cost=Decimal(1200))
    alert(NOW)
    expected = "Neste mês foram gastos Gs. 1.200 de Gs. 1.000"
    assert expected in Alert.objects.get().sentence


def test_a_time_of_blindness_is_told_once_at_once(cast: Cast, chiefs: list[User]) -> None:
    source = Source.objects.create(
        slug="blind", name="Tienda", connector="x", dialect="sqlite", created_at=NOW
    )
    for table in ("pedido", "renglon"):
        blind = Blind(Gap.Kind.UNTRIGGERED, NOW - MINUTE, table=table, end=NOW)
        note_gap(source, blind, now=NOW)
    assert alert(NOW + MINUTE) == 1
    known = Alert.objects.get()
    assert (known.kind, known.name) == ("gap", "Tienda")
    assert "renglon" in known.sentence
    assert "(+1)" in known.sentence
    alert(NOW + 2 * MINUTE)
    assert told() == ["rosa@shop.example"]
    alert(NOW + 60 * 25 * MINUTE)
    assert Alert.objects.get().ended_at is not None


def test_sending_or_a_worker_that_is_dead_for_five_minutes_is_an_alert_until_it_is_back(
    cast: Cast, chiefs: list[User], settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    beat_file(SENDING).write_text(NOW.isoformat())
    show_life("2 · office", 7, NOW)
    alert(NOW + 4 * MINUTE)
    assert not Alert.objects.exists()
    alert(NOW + 5 * MINUTE)
    told = Alert.objects.filter(kind=Alert.Kind.STANDSTILL, told_at=NOW + 5 * MINUTE)
    assert {alert.about for alert in told} == {"process:sending", f"process:{SECOND_WORKER}"}
    beat_file(SENDING).write_text((NOW + 6 * MINUTE).isoformat())
    show_life("2 · office", 8, NOW + 6 * MINUTE)
    alert(NOW + 6 * MINUTE)
    assert not Alert.objects.filter(ended_at=None).exists()


def test_after_a_night_without_us_sending_has_until_the_next_look_to_wake_up(
    cast: Cast, chiefs: list[User], settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    beat_file(SENDING).write_text(NOW.isoformat())
    kept = StepState.objects.create(name=StepState.Name.ALERTS, done_at=NOW, written_at=NOW)
    morning = NOW + 600 * MINUTE
    alert(morning)
    assert not Alert.objects.exists()
    StepState.objects.filter(pk=kept.pk).update(done_at=morning)
    alert(morning + MINUTE)
    told = Alert.objects.get()  # it did not wake up
    assert told.about == "process:sending"
    alert(morning + 600 * MINUTE)  # another night: what is known stays, and is not told again
    told.refresh_from_db()
    assert (told.ended_at, Alert.objects.count()) == (None, 1)
