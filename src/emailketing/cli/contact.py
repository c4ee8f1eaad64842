"""`emailketing contact …`: whom we write to, what they want, whom nothing reaches."""

from datetime import timedelta
from typing import Annotated, Any, NoReturn

import typer
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.audit import note
from emailketing.channels.models import Channel
from emailketing.cli.show import COMMAND_LINE, clock, local, operator, refuse, table
from emailketing.common.zones import is_zone
from emailketing.company.models import Company
from emailketing.contacts.misread import misread, phones_first
from emailketing.contacts.models import Address, Contact, Role
from emailketing.contacts.wishes import is_wanted, want, with_notes
from emailketing.outbox.models import MailClass
from emailketing.outbox.targets import Unusable, address_as_kept
from emailketing.triggers.notifications.unreached import party_of, unreached

ANY = "any"
app = typer.Typer(
    help=str(gettext_lazy("Contacts: whom we write to, and what they want")), no_args_is_help=True
)
Number = Annotated[int, typer.Argument(help=str(gettext_lazy("See “contact list”")))]
Classes = Annotated[list[str] | None, typer.Option(help=", ".join(MailClass.values))]

Addresses = Annotated[
    list[str] | None,
    typer.Option(help=str(gettext_lazy("E-mail address or phone; again for each"))),
]
Duties = Annotated[
    list[str] | None,
    typer.Option(help=str(gettext_lazy("Duty; made when there is none of this name"))),
]


def _contact(number: int) -> Contact:
    found = Contact.objects.filter(pk=number).first()
    if found is None:
        refuse(_("There is no contact %(number)s.") % {"number": number})
    return found


@app.command("list")
def list_contacts(
    words: Annotated[
        str, typer.Argument(help=str(gettext_lazy("Part of the name, tax number or address")))
    ] = "",
    limit: int = 50,
) -> None:
    """List contacts by name, with their addresses and duties."""
    found = Contact.objects.prefetch_related("addresses", "roles")
    if words:
        by_address = Address.objects.filter(value__istartswith=words).values("contact")
        about = Q(name__icontains=words) | Q(tax_id__istartswith=words) | Q(pk__in=by_address)
        found = found.filter(about)
    table(
        (_("No."), _("Name"), _("Addresses"), _("Language"), _("Duties"), _("Source")),
        [
            (
                c.pk,
                c.name,
                ", ".join(row.value for row in c.addresses.all()),
                c.language,
                ", ".join(role.name for role in c.roles.all()),
                c.source,
            )
            for c in found[:limit]
        ],
    )


@app.command()
@transaction.atomic
def add(
    name: str,
    address: Addresses = None,
    role: Duties = None,
    language: str = "",
) -> None:
    """Enter somebody by hand, for example who has a duty in the company."""
    spoken = language or Company.get().language
    languages = [code for code, _label in Contact._meta.get_field("language").choices or []]
    if spoken not in languages:
        refuse(_("There are: %(names)s.") % {"names": ", ".join(map(str, languages))})
    contact = Contact.objects.create(name=name, language=spoken)
    _write_down(contact, address or [])
    contact.roles.set(_duties(role or []))
    note("created", by=operator(), now=clock(), about=contact, came_from=COMMAND_LINE)
    typer.echo(_("Saved: %(name)s") % {"name": f"{contact.pk} {contact.shown}"})


@app.command("set")
@transaction.atomic
def change(
    number: Number,
    role: Duties = None,
    no_role: Annotated[
        list[str] | None, typer.Option(help=str(gettext_lazy("Duty the person has no more")))
    ] = None,
    address: Addresses = None,
    no_address: Annotated[
        list[str] | None, typer.Option(help=str(gettext_lazy("Address to take away")))
    ] = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive")] = None,
) -> None:
    """Give a person a duty or an address, or take it away; rules leave out who is inactive."""
    contact = _contact(number)
    before = _state(contact)
    contact.roles.add(*_duties(role or []))
    contact.roles.remove(*[_duty(name) for name in no_role or []])
    if contact.source and (address or no_address or active is not None):
        sentence = _("Put it right in “%(source)s”: it is read again as soon as it is saved.")
        refuse(sentence % {"source": contact.source})
    for written in no_address or []:
        _take_away(contact, written)
    _write_down(contact, address or [])
    if active is not None:
        contact.is_active = active
        contact.save(update_fields=["is_active"])
    after = _state(contact)
    note(
        "changed",
        by=operator(),
        now=clock(),
        about=contact,
        changes={
            name: [before[name], after[name]] for name in after if before[name] != after[name]
        },
        came_from=COMMAND_LINE,
    )
    typer.echo(_("Saved: %(name)s") % {"name": contact.shown})


def _state(contact: Contact) -> dict[str, Any]:
    """What the audit trail compares."""
    return {
        "duties": list(contact.roles.values_list("name", flat=True)),
        "addresses": list(contact.addresses.values_list("value", flat=True)),
        "is_active": contact.is_active,
    }


def _duties(names: list[str]) -> list[Role]:
    return [Role.objects.get_or_create(name=name)[0] for name in names]


def _duty(name: str) -> Role:
    found = Role.objects.filter(name=name).first()
    if found is None:
        refuse(_("There is no role “%(role)s”.") % {"role": name})
    return found


def _write_down(contact: Contact, addresses: list[str]) -> None:
    country, first = Company.get().country, contact.addresses.count()
    for position, written in enumerate(addresses, first):
        try:
            value, kind = address_as_kept(written, country)
        except Unusable as error:
            refuse(error)
        Address.objects.create(contact=contact, value=value, kind=kind, position=position)


def _take_away(contact: Contact, written: str) -> None:
    """As it is kept, or as it stands when nobody understands it."""
    try:
        kept = address_as_kept(written, Company.get().country)[0]
    except Unusable:
        kept = written
    deleted, _models = contact.addresses.filter(value__in=(kept, written)).delete()
    if not deleted:
        words = {"name": contact.shown, "address": written}
        refuse(_("%(name)s has no address %(address)s.") % words)


@app.command()
def show(number: Number) -> None:
    """Show a person's addresses and what they want to receive, and how."""
    contact = _contact(number)
    noted = with_notes(contact.addresses.all())
    facts = (contact.shown, contact.tax_id, contact.language, contact.time_zone)
    typer.echo("  ".join(facts).strip())
    table(
        (_("Address"), _("Usage"), _("Problem"), _("Do not write")),
        [
            (
                row.value,
                row.usage,
                row.problem,
                ", ".join(
                    f"{one.mail_class or _('all messages')}: {one.get_reason_display()}"
                    for one in notes
                ),
            )
            for row, notes in noted
        ],
    )
    wanted = {True: "✓", False: "—", None: _("not to every address")}
    order = contact.channel_order
    table(
        (_("Class"), _("Wanted"), _("Channels in order")),
        [(ANY, "", ", ".join(order.get(ANY) or []))]
        + [
            (name, wanted[is_wanted(noted, name)], ", ".join(order.get(name) or []))
            for name in MailClass.values
        ],
    )


@app.command()
@transaction.atomic
def wishes(
    number: Number,
    refuses: Classes = None,
    wants: Classes = None,
    order: Annotated[
        list[str] | None,
        typer.Option(
            help=str(gettext_lazy("class=channels, for example report=sms,email or any=email"))
        ),
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option(help=str(gettext_lazy("Empty: the company's")))
    ] = None,
) -> None:
    """Note which classes of messages a person wants, over which channel first, in which zone."""
    contact = _contact(number)
    for names, wanted in ((refuses, False), (wants, True)):
        for name in names or []:
            if name not in MailClass.values:
                _no_class(name)
            want(contact, name, wanted=wanted, by=operator(), now=clock())
    for text in order or []:
        _put_order(contact, text)
    if time_zone is not None:
        if time_zone and not is_zone(time_zone):
            sentence = _("“%(zone)s” is no time zone; write it like America/Asuncion.")
            refuse(sentence % {"zone": time_zone})
        contact.time_zone = time_zone
    contact.save(update_fields=["channel_order", "time_zone"])
    said = {"refuses": refuses, "wants": wants, "order": order, "time_zone": time_zone}
    changes = {name: ["", value] for name, value in said.items() if value is not None}
    note(
        "changed",
        by=operator(),
        now=clock(),
        about=contact,
        changes=changes,
        came_from=COMMAND_LINE,
    )
    typer.echo(_("Saved: %(name)s") % {"name": contact.shown})


def _put_order(contact: Contact, text: str) -> None:
    name, equals, said = text.partition("=")
    if not equals or name not in (ANY, *MailClass.values):
        _no_class(name)
    channels = [one.strip() for one in said.split(",") if one.strip()]
    if not set(channels) <= set(Channel.values):
        refuse(_("There are: %(names)s.") % {"names": ", ".join(Channel.values)})
    contact.channel_order.pop(name, None)
    if channels:
        contact.channel_order[name] = channels


def _no_class(name: str) -> NoReturn:
    words = {"name": name, "names": ", ".join(MailClass.values)}
    refuse(_("There is no class “%(name)s”; there are: %(names)s.") % words)


@app.command("misread")
def list_misread() -> None:
    """List phones and e-mails that nobody understands as they are written."""
    table(
        (_("No."), _("Name"), _("As it is written"), _("Problem"), _("Source")),
        [
            (row.contact_id, row.contact.shown, row.value, row.problem, row.contact.source)
            for row in phones_first(misread())
        ],
    )


@app.command("unreachable")
def list_unreachable(days: Annotated[int, typer.Option(min=1, max=366)] = 30) -> None:
    """List what happened and nobody heard of; “rule retry” writes when there is an address."""
    table(
        (_("When"), _("Document"), _("Person"), _("Rule"), _("In words")),
        [
            (
                local(one.at),
                one.event.document_label,
                party_of(one).get("name"),
                f"{one.rule_id} {one.rule.name}",
                one.detail,
            )
            for one in unreached(clock() - timedelta(days=days)).order_by("-at", "-pk")
        ],
    )
