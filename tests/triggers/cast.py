"""A source, a rule and a supplier, for what rules make of events."""

from datetime import UTC, datetime, timedelta
from typing import Any

from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.contacts.models import Address, Contact, Role
from emailketing.content.models import Template
from emailketing.content.save import Texts, save_revision
from emailketing.events.models import Event
from emailketing.events.readers import start
from emailketing.events.record import Happening
from emailketing.sources.models import Source
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.firing.reader import RULES
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.rules.save import save_rule
from tests.events.one import record_one

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
SUBJECT = "{{ document.label }}"


class Cast:
    """Everything a rule needs to write; each part may be changed by a test."""

    def __init__(self) -> None:
        start(RULES, now=NOW)  # a test that commits may have emptied the tables before
        self.company = Company.objects.create(pk=1, language="en", name="Estación")
        self.source = Source.objects.create(
            slug="shop",
            name="Shop",
            connector="estacion",
            dialect="sqlite",
            database="/none",
            created_at=NOW,
        )
        self.sender = Sender.objects.create(
            name="Avisos", from_address="avisos@shop.example", host="smtp.shop.example"
        )
        self.template = Template.objects.create(
            slug="order", name="Order", document_type="purchase_order"
        )
        for language in ("es", "en", "pt"):
            self.write(language, SUBJECT, "Hola {{ recipient.name }}")
        self.supplier = Contact.objects.create(
            source="shop", key="supplier:1", name="Ñandutí S.A.", language="pt"
        )
        self.address("compras@nanduti.example", usage="pedidos")
        self.management = Role.objects.create(name="Management")
        self.boss = Contact.objects.create(name="Rosa", language="es")
        self.boss.addresses.create(value="rosa@shop.example")
        self.management.contacts.add(self.boss)
        self.rule = self.make_rule()
        self._events = 0

    def write(self, language: str, subject: str, body: str) -> None:
        texts = Texts(subject=subject, preheader="", body=body, format="simple")
        save_revision(self.template, language=language, texts=texts, sample=None, by="t", now=NOW)

    def address(self, value: str, *, usage: str = "", problem: str = "") -> Address:
        return self.supplier.addresses.create(value=value, usage=usage, problem=problem)

    def make_rule(self, **more: Any) -> Rule:
        values: dict[str, Any] = {
            "name": "Order to the supplier",
            "source": self.source,
            "process": "purchase_order",
            "template": self.template,
            "recipients": [{"kind": "party", "usage": "pedidos"}],
            "attach_document": False,
            "is_active": True,
            "active_since": NOW - timedelta(days=1),
        }
        ways = more.pop("ways", {})
        rule = Rule(**{**values, **more})
        for channel, parts in ways.items():
            rule.choose(channel, **parts)
        return save_rule(rule, by="t", now=NOW - timedelta(days=1))

    def happen(self, *, key: str = "17", at: datetime = NOW, **more: Any) -> Event:
        """Write one event about an order of 90 000 guaraníes."""
        self._events += 1
        document = {
            "type": "purchase_order",
            "key": key,
            "label": f"Order OC-{key}",
            "number": f"OC-{key}",
            "state": "confirmada",
            "currency": "PYG",
            "party": {"key": "supplier:1", "name": "Ñandutí S.A."},
            "totals": {"total": "90000", "taxes": []},
            "lines": [],
        }
        event, _is_new = record_one(
            Happening(
                source="shop",
                change=f"{key}:{self._events}",
                kind=more.pop("kind", "purchase_order"),
                occurred_at=at,
                document_type="purchase_order",
                document_key=key,
                document_label=str(document["label"]),
                data={"document": document | more, "before": {}, "life": 0},
            ),
            now=at,
        )
        return event

    def outcome(self, event: Event, rule: Rule | None = None) -> Outcome:
        return Outcome.objects.get(event=event, rule=rule or self.rule)

    def judge(self, **more: Any) -> Outcome:
        """Let one event happen and the rules look at it."""
        event = self.happen(**more)
        fire_due(NOW)
        return self.outcome(event)
