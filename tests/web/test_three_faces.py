"""A mistake in a rule gets the same answer from console, command and configuration file."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from emailketing.accounts.models import AuditEntry
from emailketing.channels.models import Sender
from emailketing.cli.show import clock
from emailketing.configuration import ConfigurationInvalid, apply, export_configuration
from emailketing.triggers.notifications.models import Rule
from tests.cli.test_sender_message import run
from tests.web.attached import Station
from tests.web.test_rule_pages import entries

SignIn = Callable[[str], Client]


@dataclass(frozen=True)
class Bad:
    """One mistake, as each face is told it; `said`: words of the answer, in Spanish."""

    said: str
    form: dict[str, Any]
    words: tuple[str, ...]
    file: dict[str, str] = field(default_factory=dict)


def people(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"recipients": json.dumps(rows)}


def line(**leaf: str) -> dict[str, Any]:
    return {"condition": json.dumps({"all": [leaf]})}


def leaf_of(name: str, comparison: str, value: str) -> str:
    return f'{{ all = [{{ field = "{name}", op = "{comparison}", value = "{value}" }}] }}'


BAD = {
    "a usage that is none": Bad(
        "pedidos,copy",
        people({"kind": "party", "usage": "pedidos,copy"}),
        ("to=party:pedidos,copy",),
        {"recipients": '[{ kind = "party", usage = "pedidos,copy" }]'},
    ),
    "all only read along": Bad(
        "copia",
        people({"kind": "party", "usage": "pedidos", "copy": True}),
        ("to=copy:party:pedidos",),
        {"recipients": '[{ kind = "party", usage = "pedidos", copy = true }]'},
    ),
    "no address": Bad(
        "rosa",
        people({"kind": "address", "value": "rosa"}),
        ("to=rosa",),
        {"recipients": '[{ kind = "address", value = "rosa" }]'},
    ),
    "a phone for mail": Bad(
        "+595981123456",
        people({"kind": "address", "value": "+595 981 123 456"}),
        ("to=+595 981 123 456",),
        {"recipients": '[{ kind = "address", value = "+595 981 123 456" }]'},
    ),
    "a place that is none": Bad(
        "nada.x",
        people({"kind": "field", "path": "nada.x"}),
        ("to=field:nada.x",),
        {"recipients": '[{ kind = "field", path = "nada.x" }]'},
    ),
    "a fallback that reads along": Bad(
        "solo recibe copia",
        {"fallback": json.dumps({"kind": "address", "value": "a@b.test", "copy": True})},
        ("fallback=copy:a@b.test",),
        {"fallback": '{ kind = "address", value = "a@b.test", copy = true }'},
    ),
    "no date": Bad(
        "mañana",
        line(field="delivery_date", op="gte", value="mañana"),
        ("if=delivery_date gte mañana",),
        {"condition": leaf_of("delivery_date", "gte", "mañana")},
    ),
    "nothing to compare with": Bad(
        "comparar",
        line(field="number", op="eq", value=""),
        ("if=number eq",),
        {"condition": leaf_of("number", "eq", "")},
    ),
    "a field that is none": Bad(
        "nada",
        line(field="nada", op="eq", value="1"),
        ("if=nada eq 1",),
        {"condition": leaf_of("nada", "eq", "1")},
    ),
    "one day twice": Bad("", {"reminders": "7, 7"}, ("remind=7,7",), {"remind_days": "[7, 7]"}),
    "too many days": Bad(
        "veinte",
        {"reminders": ", ".join(map(str, range(50)))},
        ("remind=" + ",".join(map(str, range(50))),),
        {"remind_days": str(list(range(50)))},
    ),
    "counted from no date": Bad(
        "number", {"remind_from": "number"}, ("remind-from=number",), {"remind_from": '"number"'}
    ),
    "gathered and urgent": Bad(
        "urgente",
        {"digest": "day", "is_urgent": "on"},
        ("digest=day", "urgent=yes"),
        {"digest": '"day"', "is_urgent": "true"},
    ),
    "no text for the phone": Bad(
        "texto para el teléfono",
        {**people({"kind": "party", "usage": "pedidos"}), "delivery": "phone"},
        ("delivery=phone",),
        {"delivery": '"phone"'},
    ),
    "too long a delay": Bad(
        "de 0 a 43200",
        {"delay_minutes": "9999999"},
        ("delay=9999999",),
        {"delay_minutes": "9999999"},
    ),
    "no cap at all": Bad("de 1 a 1000", {"daily_cap": "0"}, ("daily-cap=0",), {"daily_cap": "0"}),
    "too high a cap": Bad(
        "de 1 a 1000", {"daily_cap": "5000"}, ("daily-cap=5000",), {"daily_cap": "5000"}
    ),
    "no hour": Bad("de 0 a 23", {"digest_hour": "24"}, ("digest-hour=24",), {"digest_hour": "24"}),
    "no flood": Bad(
        "de 1 a 100000", {"flood_limit": "0"}, ("flood-limit=0",), {"flood_limit": "0"}
    ),
    "too long a name": Bad("máximo 120", {"name": "x" * 121}, ("name=" + "x" * 121,)),
    "no name": Bad("necesita un nombre", {"name": ""}, ("name=",)),
    "no class": Bad("«x»", {"mail_class": "x"}, ("class=x",), {"mail_class": '"x"'}),
    "no such repetition": Bad("«x»", {"repeat": "x"}, ("repeat=x",), {"repeat": '"x"'}),
    "no such way": Bad("«x»", {"delivery": "x"}, ("delivery=x",), {"delivery": '"x"'}),
}
# a text or a sender that the form does not offer: refused there before anybody asks what it is
REFUSED = {
    "a text for the phone": Bad(
        "no es de correo",
        {"email_template": "sms"},
        ("template=purchase-order-sms",),
        {"ways": '[{ channel = "email", template = "purchase-order-sms" }]'},
    ),
    "a sender for the phone": Bad(
        "escribe por SMS",
        {"email_sender": "sms"},
        ("sender=SMS",),
        {"ways": '[{ channel = "email", template = "purchase-order", sender = "SMS" }]'},
    ),
    "no template": Bad("plantilla", {"email_template": ""}, ("template=nowhere",), {"ways": "[]"}),
}


def wanted_of(file: dict[str, str]) -> str:
    text = export_configuration()
    head, rule = text.split("[[rule]]")
    for name, value in file.items():
        rule, count = re.subn(rf"(?m)^{name} = .*$", lambda _m, v=value, n=name: f"{n} = {v}", rule)  # type: ignore[misc]
        assert count == 1, name
    return f"{head}[[rule]]{rule}"


def options_of(words: tuple[str, ...]) -> list[str]:
    """Say it in the options of `rule add`."""
    said = {"to": ["party:pedidos"], "template": ["purchase-order"], "name": ["Otra"]}
    for word in words:
        name, _equals, value = word.partition("=")
        said[name] = value.split(",") if name == "remind" else [value]
    flags = [f"--{name}" for name, values in said.items() if values == ["yes"]]
    options = [
        [f"--{name}", value]
        for name, values in said.items()
        if name != "name" and values != ["yes"]
        for value in values
    ]
    return [*said["name"], *flags, *(part for option in options for part in option)]


@dataclass(frozen=True)
class Answers:
    """What each face answered."""

    page: set[str]
    changed: str
    added: str
    file: str


def answers_to(bad: Bad, station: Station, client: Client) -> Answers:
    number = str(station.rule.pk)
    answer = client.post(f"/rules/{number}/edit/", entries(station, **bad.form))
    assert answer.status_code == 422
    new = ("--source", "estacion", "--process", "purchase_order", *options_of(bad.words))
    file = ""
    if bad.file:
        with translation.override("es"), pytest.raises(ConfigurationInvalid) as raised:
            apply(wanted_of(bad.file), by="ana", now=clock())
        file = str(raised.value)
    return Answers(
        page={text for _label, text in answer.context["form"].mistakes()},
        changed=run("rule", "set", number, *bad.words, code=1).output,
        added=run("rule", "add", *new, code=1).output,
        file=file,
    )


def test_a_mistake_is_refused_alike_by_every_face_and_leaves_nothing(
    station: Station, signed_in: SignIn
) -> None:
    Sender.objects.create(name="SMS", channel="sms", kind="kannel", host="127.0.0.1")
    before = Rule.objects.values().get()
    client, noted = signed_in("operator"), AuditEntry.objects.count()
    for what, bad in (BAD | REFUSED).items():
        told = answers_to(bad, station, client)
        if what in BAD:
            assert len(told.page) == 1, what
        [sentence] = told.page if what in BAD else [bad.said]
        assert bad.said in sentence, what
        assert sentence in told.changed, what
        assert sentence in told.added, what
        assert sentence in told.file or not bad.file, what
    assert Rule.objects.values().get() == before
    assert AuditEntry.objects.count() == noted, "what is refused is not noted as done"


def test_a_rule_without_template_is_refused_alike(station: Station, signed_in: SignIn) -> None:
    bad = Bad("Elija una plantilla.", {"email_template": ""}, ("template=",), {"ways": "[]"})
    told = answers_to(bad, station, signed_in("operator"))
    assert told.page == {bad.said}
    assert bad.said in told.changed
    assert bad.said in told.file


def test_who_did_it_and_from_where_is_noted_with_the_rule(
    station: Station, signed_in: SignIn
) -> None:
    number = str(station.rule.pk)
    client = signed_in("operator")
    client.post(f"/rules/{number}/edit/", entries(station))
    run("rule", "set", number, "delay=7")
    noted = AuditEntry.objects.filter(object_type="notifications.rule", action="changed")
    by_page, by_command = noted.order_by("pk")
    assert (by_page.username, by_page.came_from) == ("operator", "127.0.0.1")
    assert by_page.user is not None
    assert (by_command.user, by_command.came_from) == (None, "command line")
    assert by_command.changes == {"delay_minutes": [5, 7]}
