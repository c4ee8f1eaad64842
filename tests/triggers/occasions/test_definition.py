"""What may be kept as an occasion, its way out, and what the ready ones say (O3, O6)."""

from email import message_from_bytes
from typing import Any

import pytest

from emailketing.company.models import Company
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.material import material_of
from emailketing.outbox.queueing.write_out import write_out
from emailketing.triggers.occasions.definition.pack import PACK, take_ready
from emailketing.triggers.occasions.definition.save import (
    OccasionInvalid,
    choose_greeting,
    save_occasion,
)
from emailketing.triggers.occasions.models import Occasion
from tests.triggers.occasions.cast import (
    BEFORE,
    BIRTHDAY,
    HOURS,
    company,
    date_of,
    greet,
    occasion,
    person,
    senders,
    told,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _senders(db: None) -> None:
    senders()


@pytest.mark.parametrize(
    ("values", "piece"),
    [
        ({"name": ""}, "needs a name"),
        ({"day": {"kind": "person", "date": "boda"}}, "Nobody has a date “boda”"),
        ({"day": {"kind": "fixed", "day": 30, "month": 2}}, "no such day"),
        ({"day": {"kind": "person", "date": "birth", "offset": "x"}}, "is no number"),
        ({"day": {"kind": "holiday", "name": "Nada", "country": "PY"}}, "no holiday “Nada”"),
        ({"day": {"kind": "holiday", "name": "Nada", "country": "XX"}}, "are not known"),
        ({"window": {"from": "9 am"}}, "no time of the day"),
        ({"traits": {"color": ["x"]}}, "no trait “color”"),
        ({"late": "none"}, "is none of"),
    ],
)
def test_what_cannot_be_kept_is_one_sentence(values: dict[str, Any], piece: str) -> None:
    with pytest.raises(OccasionInvalid) as raised:
        occasion(**values)
    [sentence] = raised.value.all
    assert piece in sentence


def test_without_a_way_out_nothing_leaves_and_it_says_so() -> None:
    person("Ana")
    made = occasion()
    company(public_url="")
    greet()
    made.refresh_from_db()
    assert not told()
    assert not made.is_active
    assert "must be able to end them" in made.paused_reason
    with pytest.raises(OccasionInvalid):
        occasion(name="Otra")


def test_o3_a_greeting_carries_its_way_out() -> None:
    person("Ana")
    occasion()
    greet()
    headers = write_out(Message.objects.get(), material_of(Message.objects.get()))
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in headers


@pytest.mark.parametrize(
    ("ready", "of", "said"),
    [
        ("anniversary", "", "for 46 years"),
        ("inspection", "ABC 123", "ABC 123"),
        ("birthday", "Eva", "Happy birthday, Eva"),  # one of its people
    ],
)
def test_the_ready_texts_say_what_is_known_of_the_person(ready: str, of: str, said: str) -> None:
    ana = person("Ana", born="", language="en")
    date_of(ana, "1980-12-08", name=of)
    made = Occasion(name=ready, day=BIRTHDAY, window=HOURS, is_active=True)
    choose_greeting(made, ready, now=BEFORE)
    save_occasion(made, by="ana", now=BEFORE)
    greet()
    message = Message.objects.get(channel="email")
    mail = message_from_bytes(write_out(message, material_of(message)))
    text = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    assert said.encode() in bytes(text.get_payload(decode=True))


@pytest.mark.parametrize("name", [ready.name for ready in PACK if not ready.needs])
def test_each_ready_occasion_has_texts_of_its_own(name: str) -> None:
    Company.objects.update(country="PY")
    made = take_ready(name, by="ana", now=BEFORE)
    assert made.template is not None
    assert made.template.slug == f"greeting-{name}"
