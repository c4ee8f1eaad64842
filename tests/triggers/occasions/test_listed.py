"""Days that a listing gives: read once a day, said once for a date, to whose row it is (O1–O8)."""

from collections import Counter
from datetime import date, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emailketing.contacts.models import Contact
from emailketing.listings.uses import uses_of
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.material import material_of
from emailketing.outbox.queueing.write_out import write_out
from emailketing.triggers.occasions.definition.pack import take_ready
from emailketing.triggers.occasions.definition.save import (
    OccasionInvalid,
    resume_occasion,
    skip,
)
from emailketing.triggers.occasions.models import (
    GreetingTold,
    ListedDate,
    Occasion,
)
from emailketing.triggers.occasions.running.coming import coming_days, next_due, people_of
from tests.triggers.occasions.cast import BEFORE, NINE, greet, told
from tests.triggers.occasions.listed_cast import DAY, DUE, TODAY, Fleet, owner, read, reminder

pytestmark = pytest.mark.django_db
MINUTE, HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def text_of(message: Message) -> str:
    mail = message_from_bytes(write_out(message, material_of(message)))
    part = next(one for one in mail.walk() if one.get_content_type() == "text/plain")
    return bytes(part.get_payload(decode=True)).decode()


def test_o2_a_reminder_arrives_seven_days_before_by_mail_and_phone(fleet: Fleet) -> None:
    owner(1, "ana@x.test", "+595981555001", language="es")
    fleet.add(("customer:1", "ABC 123", DUE), ("customer:1", "OTRO 1", DUE + A_DAY))
    made = reminder(delivery="both")
    read(made)
    greet()
    assert told() == [("email", "ana@x.test"), ("sms", "+595981555001")]
    message = Message.objects.get(channel="email")
    assert "ABC 123" in message.subject
    text = text_of(message)
    assert "15 de diciembre de 2026" in text
    assert "OTRO 1" not in text
    for hours in (1, 5, 9, 20):
        greet(NINE + hours * HOUR)
    assert len(told()) == 2


def test_o1_three_vehicles_of_one_day_are_one_mail_that_names_the_three(fleet: Fleet) -> None:
    owner(1, language="es")
    fleet.add(*(("customer:1", plate, DUE) for plate in ("C 3", "A 1", "B 2")))
    made = reminder()
    read(made)
    greet()
    message = Message.objects.get()
    assert "A 1, B 2, C 3" in message.subject
    rows = message.fields["rows"]
    assert [(row["of"], row["kind"], row["day"]) for row in rows] == [
        (plate, "camión", DUE.isoformat()) for plate in ("A 1", "B 2", "C 3")
    ], "in the words of its reader"
    said = text_of(message)
    assert "3 inspecciones vencen" in said
    lines = [" ".join(line.split()) for line in said.splitlines()]
    told_apart = [line for line in lines if "15/12/2026" in line]
    assert [line.partition(":")[0] for line in told_apart] == ["A 1", "B 2", "C 3"]
    assert GreetingTold.objects.count() == 3
    fleet.add(("customer:1", "D 4", DUE))
    read(made, NINE + HOUR)
    greet(NINE + HOUR)
    assert [m.fields["of"] for m in Message.objects.order_by("pk")] == ["A 1, B 2, C 3", "D 4"]


def test_o7_a_corrected_date_is_said_anew_and_the_same_date_never_twice(fleet: Fleet) -> None:
    owner(1)
    fleet.add(("customer:1", "ABC 123", DUE))
    made = reminder()
    read(made)
    greet()
    fleet.moved("ABC 123", DUE + 3 * A_DAY)  # what was said was wrong
    for days in range(1, 6):
        read(made, NINE + days * A_DAY)
        greet(NINE + days * A_DAY)
    assert [m.fields["day"] for m in Message.objects.order_by("pk")] == [
        "2026-12-15",
        "2026-12-18",
    ]
    fleet.moved("ABC 123", DUE)
    read(made, NINE + HOUR)
    greet(NINE + HOUR)
    assert len(told()) == 2


def test_a_row_that_is_gone_is_not_told(fleet: Fleet) -> None:
    owner(1)
    fleet.add(("customer:1", "ABC 123", DUE))
    made = reminder()
    read(made, NINE - HOUR)
    fleet.run("DELETE FROM vehicle")
    read(made)
    greet()
    assert not told()
    assert not ListedDate.objects.exists()


def test_two_with_one_address_have_each_their_own_rows(fleet: Fleet) -> None:
    """O4 keeps a second greeting from an address; other vehicles are no second greeting."""
    owner(1, "gestor@x.test")
    owner(2, "gestor@x.test")
    fleet.add(("customer:1", "UNO", DUE), ("customer:2", "DOS", DUE))
    made = reminder()
    read(made)
    assert [v.why_not for v in people_of(made, TODAY)] == [
        "",
        "the same address as UNO · Flota 1: a message of its own, right after that one",
    ]
    greet()
    assert [m.fields["of"] for m in Message.objects.order_by("pk")] == ["UNO", "DOS"]


def test_a_contact_is_found_by_its_address_too(fleet: Fleet) -> None:
    owner(1, "ana@x.test")
    owner(2, "dos@x.test")
    owner(3, "dos@x.test")
    fleet.add(("Ana@x.test", "UNO", DUE), ("dos@x.test", "DOS", DUE), ("nada", "TRES", DUE))
    made = reminder(day={**DAY, "party_by": "address"})
    assert read(made).unowned == 2, "of two who share it nobody is chosen"
    greet()
    assert told() == [("email", "ana@x.test")]


def test_yearly_once_a_year_with_its_years(fleet: Fleet) -> None:
    owner(1)
    fleet.add(("customer:1", "CONTRATO", date(2020, 12, 8)), ("customer:1", "NUEVO", TODAY))
    made = reminder(day={**DAY, "offset": 0, "yearly": True})
    read(made)
    greet()
    assert [(m.fields["of"], m.fields["years"]) for m in Message.objects.all()] == [("CONTRATO", 6)]
    fleet.moved("CONTRATO", date(2020, 12, 9))
    read(made, NINE + A_DAY)
    greet(NINE + A_DAY)
    assert len(told()) == 1, "O7: once a year"


def test_o5_the_calendar_shows_it_and_one_is_skipped(fleet: Fleet) -> None:
    ana = owner(1)
    fleet.add(("customer:1", "ABC 123", DUE), ("customer:1", "LEJOS", DUE + 400 * A_DAY))
    made = reminder()
    read(made)
    [day] = coming_days(TODAY, occasion=made)
    assert (day.on, day.count) == (TODAY, 1)
    assert day.verdicts[0].shown == "ABC 123 · Flota 1"
    due = next_due(made, TODAY)
    assert due is not None
    assert due.of == "ABC 123"
    skip(made, TODAY, (ana, ""), by="ana", now=BEFORE)
    greet()
    assert not told()


def test_the_ready_inspection_is_taken_from_the_connectors_listing(fleet: Fleet) -> None:
    owner(1, language="es")
    fleet.add(("customer:1", "ABC 123", DUE))
    made = take_ready("inspection", by="ana", now=BEFORE)
    assert not made.is_active
    assert made.day == {**DAY, "party_by": "contact", "values": {}, "yearly": False}
    assert made.template is not None
    assert made.template.slug == "greeting-inspection"
    assert [use.name for use in uses_of("shop.inspections")] == [made.name]
    read(made)
    resume_occasion(made, by="ana", now=BEFORE)
    read(made)
    greet()
    assert "ABC 123" in Message.objects.get().subject


@pytest.mark.parametrize(
    ("change", "piece"),
    [
        ({"listing": "shop.nothing"}, "There is no listing “shop.nothing”"),
        ({"date": "vence"}, "no column “vence”. There are: _contact, plate, due, kind"),
        ({"party": "client"}, "no column “client”"),
        ({"of": "chapa"}, "no column “chapa”"),
        ({"date": ""}, "which of its columns"),
        ({"party_by": "name"}, "is none of: contact, address"),
        ({"values": {"x": "1"}}, "not asked with “x”"),
    ],
)
def test_what_cannot_be_kept_is_one_sentence(
    fleet: Fleet, change: dict[str, Any], piece: str
) -> None:
    with pytest.raises(OccasionInvalid) as raised:
        reminder(day={**DAY, **change})
    [sentence] = raised.value.all
    assert piece in sentence


ANEW = [HealthCheck.function_scoped_fixture]  # each example empties it
OWNERS = st.sampled_from(["customer:1", "customer:2", "customer:3", "customer:8", "", None])
DAYS = st.sampled_from([DUE, DUE, DUE + A_DAY, "15/12/2026", "marzo", None, "20261215"])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(vehicles=st.lists(st.tuples(OWNERS, DAYS), max_size=14), data=st.data())
def test_nobody_gets_anothers_row_in_whatever_order_they_come(
    fleet: Fleet, vehicles: list[tuple[Any, Any]], data: st.DataObject
) -> None:
    Message.objects.all().delete()
    Occasion.objects.all().delete()
    fleet.run("DELETE FROM vehicle")
    Contact.objects.all().delete()
    for number in (1, 2, 3):
        owner(number, f"f{number % 2}@x.test")  # the first and the third share one
    named = [(whose, f"V{number}", due) for number, (whose, due) in enumerate(vehicles)]
    fleet.add(*data.draw(st.permutations(named)))
    made = reminder()
    read(made)
    greet()
    greet(NINE + HOUR)
    told_rows: Counter[str] = Counter()
    for message in Message.objects.select_related("contact"):
        assert message.contact is not None
        for row in message.fields["rows"]:
            told_rows[row["of"]] += 1
            assert row["_contact"] == message.contact.key
    wanted = {
        plate
        for whose, plate, due in named
        if whose in ("customer:1", "customer:2", "customer:3")
        and due in (DUE, "15/12/2026", "20261215")
    }
    assert told_rows == Counter(wanted), "each once, none lost, none of another day"
