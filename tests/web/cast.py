"""A believable company for the pages: a service station, its papers of two weeks, all states.

Plain functions; `everything(now)` makes it all. Also used to look at the pages by eye.
"""

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from django.contrib.auth.models import Group

from emailketing.accounts.audit import note
from emailketing.accounts.models import User
from emailketing.accounts.roles import ROLES, ensure_roles
from emailketing.accounts.who import Who
from emailketing.channels.models import InboxMessage, Sender
from emailketing.company.models import Company
from emailketing.contacts.models import Address, Contact, Role, Suppression
from emailketing.content.compile import compile_revision
from emailketing.content.look import look_of
from emailketing.content.models import Brand, Revision, Template
from emailketing.events.models import Event
from emailketing.events.record import Happening
from emailketing.outbox.models import Attempt, Decision, Message
from emailketing.outbox.queueing.dispatch import File, MailClass, Recipient, Request, Way, dispatch
from emailketing.sources.models import CapturedChange, Source
from emailketing.triggers.notifications.models import Outcome, Rule
from tests.events.one import record_one
from tests.web.papers import document, pdf

PASSWORD = "una-clave-larga"  # noqa: S105 - of a test
SUPPLIERS = [
    ("P1", "Lubricantes del Este S.A.", "80012345-0", "compras@lubeste.test", "orders"),
    ("P2", "Distribuidora Guaraní", "80054321-7", "pedidos@guarani.test", "orders"),
    ("P3", "Panadería La Espiga", "4123456-2", "laespiga@correo.test", ""),
    ("P4", "Repuestos Itá Enramada", "80099887-1", "", ""),
    (
        "P5",
        "Transportes Ypacaraí con un nombre comercial muy largo S.R.L.",
        "80077665-3",
        "ñ@ypa.test",
        "",
    ),
]
BODY = """Estimados {{ document.party.name }}:

Les enviamos la **{{ document.label }}** del {{ document.date|date }}, por un total de
{{ document.totals.total|money(document.currency) }}.

- Entrega: {{ document.delivery_date|date }}
- Condiciones: {{ document.conditions }}

Muchas gracias.
"""


def users() -> dict[str, User]:
    """One user for each role; the name is the role."""
    ensure_roles()
    made = {}
    for role in ROLES:
        user = User.objects.create_user(
            role, f"{role}@estacion.test", PASSWORD, is_staff=True, first_name=role.capitalize()
        )
        user.groups.add(Group.objects.get(name=role))
        made[role] = user
    return made


def company() -> Company:
    Company.objects.update_or_create(
        pk=1, defaults={"name": "Estación Ñandutí S.A.", "tax_id": "80011223-4"}
    )
    return Company.get()


def source(now: datetime) -> Source:
    return Source.objects.create(
        slug="estacion",
        name="Sistema de la estación",
        connector="sample",
        dialect="sqlite",
        database="/srv/estacion/estacion.sqlite3",
        status=Source.Status.WORKING,
        installed_at=now - timedelta(days=30),
        polled_at=now - timedelta(seconds=1),
        changed_at=now - timedelta(minutes=3),
        created_at=now - timedelta(days=30),
    )


def contacts(of: Source) -> dict[str, Contact]:
    found = {}
    for key, name, tax_id, email, usage in SUPPLIERS:
        contact = Contact.objects.create(source=of.slug, key=key, name=name, tax_id=tax_id)
        if email:
            Address.objects.create(contact=contact, value=email, usage=usage)
        Address.objects.create(contact=contact, kind="phone", value="+595 981 000 111", position=1)
        found[key] = contact
    return found


def sender() -> Sender:
    return Sender.objects.create(
        name="Administración",
        from_name="Estación Ñandutí",
        from_address="admin@estacion.test",
        host="mail.estacion.test",
        is_default=True,
    )


def template(now: datetime) -> Template:
    brand = Brand.objects.create(
        name="Estación Ñandutí",
        address="Ruta 2 km 20",
        email="admin@estacion.test",
        is_default=True,
    )
    made = Template.objects.create(
        slug="orden", name="Orden de compra", document_type="purchase_order", brand=brand
    )
    compiled = compile_revision(
        subject="{{ document.label }}",
        preheader="Total {{ document.totals.total|money(document.currency) }}",
        body=BODY,
        style="simple",
        brand=look_of(brand),
        language="es",
    )
    Revision.objects.create(
        template=made,
        number=1,
        subject=compiled.subject,
        body=BODY,
        html=compiled.html,
        text=compiled.text,
        created_at=now,
    )
    return made


def rule(of: Source, template: Template, now: datetime, **values: Any) -> Rule:
    defaults = {
        "name": "Orden de compra al proveedor",
        "process": "purchase_confirmed",
        "recipients": [{"kind": "party", "usage": "orders"}],
        "is_active": True,
        "created_at": now,
    }
    made = Rule(source=of, **defaults | values)
    made.template = template
    made.save()
    return made


def changes(of: Source, number: int, at: datetime) -> None:
    """Two saves as the capture noted them: the order made, then confirmed."""
    rows: list[tuple[str, str, dict[str, Any] | None, dict[str, Any] | None]] = [
        ("compra", "I", None, {"numero": f"OC-{number:04}", "estado": "borrador"}),
        ("compra_linea", "I", None, {"cantidad": "12", "precio": "85000"}),
        ("compra", "U", {"estado": "borrador"}, {"estado": "confirmada"}),
    ]
    for place, (table, operation, old, new) in enumerate(rows):
        CapturedChange.objects.create(
            source=of,
            uid=f"{number}.{place}",
            at=at + timedelta(seconds=40 * place),
            table=table,
            operation=operation,
            key={"id": number},
            old=old,
            new=new,
            actor="mgonzalez",
            transaction=str(700 + number),
            document_type="purchase_order",
            document_key=str(number),
            recorded_at=at + timedelta(seconds=41 * place),
        )


def event(of: Source, number: int, party: Contact, at: datetime, **values: Any) -> Event:
    happening = Happening(
        source=of.slug,
        change=f"{values.get('kind', 'purchase_confirmed')}:{number}",
        kind=values.get("kind", "purchase_confirmed"),
        occurred_at=at,
        document_type="purchase_order",
        document_key=str(number),
        document_label=f"Orden de compra OC-{number:04}",
        actor="mgonzalez",
        data={"document": document(number, party), "before": {"state": "borrador"}},
    )
    made, _is_new = record_one(happening, now=at + timedelta(seconds=1))
    made.readings.update(read_at=at + timedelta(seconds=2))
    return made


def message(
    made: Event, by: Rule, party: Contact, at: datetime, with_file: bool = False
) -> Message:
    """Queue one message for an event, as the rule would."""
    address, template = party.addresses.filter(kind="email").first(), by.template
    assert template is not None
    at = at + timedelta(seconds=2)
    queued = dispatch(
        Request(
            key=f"rule:{by.pk}:event:{made.pk}",
            trigger=f"rule:{by.pk}",
            trigger_label=by.name,
            ways={"email": Way(template, Sender.objects.get(is_default=True))},
            recipients=(
                Recipient(
                    address=address.value if address else "nadie@estacion.test",
                    name=party.name,
                    contact_id=party.pk,
                    why="party of the document, address for orders",
                ),
            ),
            data={"document": made.data["document"], "company": {"currency": "PYG"}},
            mail_class=MailClass.DOCUMENT,
            scope=by.source.scope,
            event_id=made.pk,
            document_type=made.document_type,
            document_key=made.document_key,
            document_label=made.document_label,
            files=(File(file_name="OC.pdf", mime_type="application/pdf", content=pdf()),)
            if with_file
            else (),
        ),
        now=at,
    )
    Outcome.objects.create(
        rule=by, event=made, result=Outcome.Result.SENT, dispatch=queued.dispatch, at=at
    )
    return queued.dispatch.messages.get()


def settle(of: Message, state: str, at: datetime, **values: Any) -> Message:
    """Put a message into a state, with the attempts that lead there."""
    replies = {
        "accepted": (250, "2.0.0", "Ok: queued as 4F1A2", "dot", "accepted"),
        "delivered": (250, "2.0.0", "Ok: queued as 4F1A3", "dot", "accepted"),
        "in_doubt": (None, "", "connection lost after the final dot", "dot", "in_doubt"),
        "deferred": (450, "4.2.1", "Mailbox busy, try again later", "rcpt", "deferred"),
        "failed": (550, "5.1.1", "User unknown", "rcpt", "failed"),
    }
    if state in replies:
        code, enhanced, reply, phase, outcome = replies[state]
        of.attempts.create(
            number=1,
            phase=phase,
            outcome=outcome,
            peer="mail.estacion.test:587",
            code=code,
            enhanced=enhanced,
            reply=reply,
            started_at=at,
            finished_at=at + timedelta(milliseconds=240),
        )
        values.setdefault("attempt", 1)
    if state in {"accepted", "delivered"}:
        values |= {"accepted_at": at, "finished_at": at}
    Message.objects.filter(pk=of.pk).update(state=state, **values)
    of.refresh_from_db()
    return of


def inbox(subject: str, to: str, at: datetime, **values: Any) -> InboxMessage:
    mail = EmailMessage()
    mail["From"] = "Estación Ñandutí <admin@estacion.test>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Message-ID"] = values.get("message_id") or f"<{to}.{at.timestamp()}@estacion.test>"
    mail.set_content("Estimados:\n\nLes enviamos la orden de compra.\n\nMuchas gracias.\n")
    mail.add_alternative(values.get("html", HTML), subtype="html")
    mail.add_attachment(pdf(), maintype="application", subtype="pdf", filename="OC-0017.pdf")
    raw = mail.as_bytes()
    return InboxMessage.objects.create(
        received_at=at,
        mail_from="admin@estacion.test",
        rcpt_to=to,
        sender=mail["From"],
        subject=subject,
        message_id=mail["Message-ID"],
        size=len(raw),
        raw=raw,
        read_at=values.get("read_at"),
    )


HTML = (
    "<html><body style='font-family:sans-serif;background:#f4f4f4;margin:0'><div style='max-width:"
    "600px;margin:0 auto;background:#fff;padding:24px'><h1 style='color:#0f4c81'>Orden de compra"
    "</h1><p>Estimados: les enviamos la orden de compra <b>OC-0017</b>.</p>"
    "<img src='https://tracker.example/pixel.png' alt=''></div></body></html>"
)


def papers(
    of: Source, people: dict[str, Contact], by: Rule, now: datetime, most: int
) -> list[Message]:
    """Two weeks of purchase orders, all sent but those of one day."""
    made = []
    for day in range(13, 0, -1):
        for turn in range(1 + (day * 5) % most):
            number, at = 100 + day * 10 + turn, now - timedelta(days=day, hours=turn)
            party = people["P1" if turn % 2 else "P2"]
            sent = message(event(of, number, party, at), by, party, at)
            made.append(settle(sent, "failed" if day == 4 else "accepted", at))
    return made


def today(of: Source, people: dict[str, Contact], by: Rule, now: datetime) -> dict[str, Message]:
    """Today's messages by state, each with its event and captured changes."""
    details: dict[str, dict[str, Any]] = {
        "accepted": {"is_redirected": True},
        "ready": {},
        "deferred": {"detail": "450 Mailbox busy, try again later", "next_at": now},
        "in_doubt": {"detail": "The connection was lost after the text was handed over."},
        "held": {"reason": "flood", "detail": "more than 200 in an hour"},
        "failed": {"reason": "address", "detail": "550 User unknown", "finished_at": now},
        "suppressed": {"reason": "suppressed", "detail": "the address does not exist"},
        "cancelled": {},
    }
    found = {}
    for place, (state, values) in enumerate(details.items()):
        number, at = 17 + place, now - timedelta(minutes=4 * place + 3)
        party = people[("P1", "P2", "P3")[place % 3]]
        changes(of, number, at - timedelta(seconds=90))
        made = event(of, number, party, at)
        queued = message(made, by, party, at, with_file=place == 0)
        found[state] = settle(queued, state, at + timedelta(seconds=4), **values)
    Decision.objects.create(
        message=found["cancelled"],
        at=now,
        by="operator",
        action="cancel",
        note="Pedido por teléfono",
        state_before="ready",
        state_after="cancelled",
    )
    return found


def nothing_sent(of: Source, people: dict[str, Contact], by: Rule, now: datetime) -> None:
    """Events that caused no message, each with its reason."""
    reasons = {
        Outcome.Result.CONDITION: "total 90 000 < 100 000",
        Outcome.Result.ALREADY: "already sent for this document",
        Outcome.Result.NO_ADDRESS: "Repuestos Itá Enramada has no e-mail address.",
        Outcome.Result.HELD: "more than 200 in an hour: release or drop them in the rule",
    }
    for place, (result, detail) in enumerate(reasons.items()):
        made = event(of, 60 + place, people["P4"], now - timedelta(hours=1, minutes=place))
        Outcome.objects.create(rule=by, event=made, result=result, detail=detail, at=now)
    event(of, 70, people["P5"], now - timedelta(hours=2), kind="quotation_sent")


def everything(now: datetime, most_a_day: int = 1) -> dict[str, Any]:
    """Make it all, and return what tests ask for by name."""
    company()
    staff = users()
    of = source(now)
    people = contacts(of)
    sender()
    by = rule(of, template(now), now)
    papers(of, people, by, now, most_a_day)
    states = today(of, people, by, now)
    nothing_sent(of, people, by, now)
    duty = Role.objects.create(name="Compras")
    duty.contacts.add(people["P1"])
    Suppression.objects.create(
        value="viejo@guarani.test", reason="bounce", note="550 User unknown", at=now, by=""
    )
    inbox("Orden de compra OC-0017", "compras@lubeste.test", now - timedelta(minutes=2))
    inbox(
        "Orden de compra OC-0016 con un asunto largo que no entra en una línea del teléfono",
        "pedidos@guarani.test",
        now - timedelta(days=1),
        read_at=now,
    )
    note(
        "changed",
        by=Who("operator", staff["operator"]),
        now=now,
        about=by,
        changes={"name": ["Orden", by.name]},
    )
    return {"users": staff, "source": of, "contacts": people, "rule": by, "messages": states}


def attempts_of(of: Message) -> list[Attempt]:
    return list(of.attempts.all())
