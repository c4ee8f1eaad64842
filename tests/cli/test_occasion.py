"""Special dates by command: taken, changed, seen ahead, left out, tried."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emailketing.configuration import apply, export_configuration
from emailketing.outbox.models import Message
from emailketing.triggers.occasions.models import Occasion
from tests.cli.test_sender_message import run
from tests.triggers.occasions.cast import date_of, person, senders
from tests.triggers.occasions.listed_cast import DAY, Fleet, owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def birthday() -> Occasion:
    senders()
    ana = person("Ana", "")
    date_of(ana, f"1980-{datetime.now(UTC) + timedelta(days=2):%m-%d}")  # noqa: TID251
    run("occasion", "add", "Cumple", "--from", "birthday", "delivery=both", "to=18:00")
    return Occasion.objects.get()


def test_it_is_taken_seen_and_left_out(birthday: Occasion) -> None:
    assert birthday.window == {"from": "09:00", "to": "18:00"}
    number = str(birthday.pk)
    assert "Ana" in run("occasion", "calendar").output
    assert "birth" in run("occasion", "pack").output
    assert "Cumple" in run("occasion", "list").output
    day = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"  # noqa: TID251
    assert "90" in run("occasion", "people", number, day).output
    run("occasion", "skip", number, day)
    assert "SMS" not in run("occasion", "people", number, day).output
    run("occasion", "unskip", number, day)
    run("occasion", "test", number, "--to", "me@x.test")
    assert Message.objects.get().address == "me@x.test"
    run("occasion", "resume", number)
    assert "✓" in run("occasion", "show", number).output
    run("occasion", "pause", number)
    run("occasion", "delete", number, "--yes")
    assert not Occasion.objects.exists()


def test_the_one_that_is_named_is_tried_however_many_have_the_day(birthday: Occasion) -> None:
    day = f"1980-{datetime.now(UTC) + timedelta(days=2):%m-%d}"  # noqa: TID251
    people = [person(f"P{one}", "") for one in range(25)]
    for one in people:
        date_of(one, day)
    number, last = str(birthday.pk), people[-1]
    answer = run("occasion", "test", number, "--to", "me@x.test", "--contact", str(last.pk))
    assert "P24" in answer.output
    nobody = str(person("Sin fecha", "").pk)
    run("occasion", "test", number, "--to", "me@x.test", "--contact", nobody, code=1)


def test_a_day_that_is_none_here_is_said_in_the_list(birthday: Occasion) -> None:
    Occasion.objects.update(day={"kind": "moon"})  # as another version kept it
    assert "easter" in run("occasion", "list").output
    assert "easter" in run("occasion", "show", str(birthday.pk)).output
    assert run("occasion", "calendar").output


@pytest.mark.parametrize("said", ["day=boda-3", "day=30/2", "day=mañana", "color=x", "from=nine"])
def test_what_is_not_understood_is_one_sentence(birthday: Occasion, said: str) -> None:
    answer = run("occasion", "set", str(birthday.pk), said, code=1)
    assert len(answer.output.strip().splitlines()) == 1


@pytest.mark.parametrize("day", ["25/12", "easter-2", "weekday:last,fri,11", "birth+1"])
def test_days_are_kept_as_they_are_typed(birthday: Occasion, day: str) -> None:
    run("occasion", "set", str(birthday.pk), f"day={day}")
    assert f"({day})" in run("occasion", "show", str(birthday.pk)).output


def test_the_file_has_it_and_brings_it_back_at_rest(birthday: Occasion) -> None:
    run("occasion", "set", str(birthday.pk), "day=25/12")
    run("occasion", "resume", str(birthday.pk))
    text = export_configuration()
    Occasion.objects.all().delete()
    apply(text, by="ana", now=datetime.now(UTC))  # noqa: TID251
    again = Occasion.objects.get()
    assert (again.day["day"], again.is_active) == (25, False)


def test_a_listing_gives_the_days_by_command(birthday: Occasion, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    owner(1, name="Transporte Ana")
    due = datetime.now(UTC).date() + timedelta(days=9)  # noqa: TID251
    fleet.add(("customer:1", "ABC 123", due), ("customer:9", "AJENO", due))
    run("occasion", "add", "Vence", "day=listing:shop.inspections:due-7", "of=plate")
    made = Occasion.objects.get(name="Vence")
    number = str(made.pk)
    assert made.day == {**DAY, "party_by": "contact", "values": {}, "yearly": False}
    assert "2" in run("occasion", "read", number).output
    assert "AJENO" in run("occasion", "unread", number).output
    assert "ABC 123" in run("occasion", "calendar", "--number", number).output
    assert "shop.inspections" in run("occasion", "show", number).output
    run("occasion", "set", number, "day=listing:shop.inspections:due+3")
    made.refresh_from_db()
    assert (made.day["of"], made.day["offset"]) == ("plate", 3)
    for said in ("of=x", "party_by=x", "value.x=1", "day=listing:shop.nothing:due"):
        assert len(run("occasion", "set", number, said, code=1).output.strip().splitlines()) == 1
    run("occasion", "set", str(birthday.pk), "of=plate", code=1)
    run("occasion", "read", str(birthday.pk), code=1)
    text = export_configuration()
    made.delete()
    apply(text, by="ana", now=datetime.now(UTC))  # noqa: TID251
    assert Occasion.objects.get(name="Vence").day["of"] == "plate"
    fleet.gone()
    run("occasion", "read", str(Occasion.objects.get(name="Vence").pk), code=1)
