"""`emailketing contact …`: whom we write to, what they want, whom nothing reaches."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Annotated

import typer
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.audit import note
from emailketing.channels import catalogue
from emailketing.cli.show import (
    COMMAND_LINE,
    Most,
    clock,
    local,
    operator,
    refuse,
    refuse_all,
    table,
)
from emailketing.common.plain import Entry
from emailketing.company.models import Company
from emailketing.contacts.check import wrong_with
from emailketing.contacts.misread import misread, phones_first, why_misread
from emailketing.contacts.models import Address, Contact, Role
from emailketing.contacts.wishes import is_wanted, want, with_notes
from emailketing.outbox.models import MailClass
from emailketing.outbox.queueing.targets import Unusable, address_as_kept
from emailketing.search.find import narrowed
from emailketing.search.models import Kind
from emailketing.triggers.notifications.afterwards.unreached import party_of, unreached

ANY = "any"
# how a field is called where it is typed
_OPTIONS = {
    "name": "NAME",
    "tax_id": "--tax-id",
    "language": "--language",
    "time_zone": "--time-zone",
}
app = typer.Typer(no_args_is_help=True)
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
    limit: Most = 50,
) -> None:
    """List contacts by name, with their addresses and duties."""
    found = Contact.objects.prefetch_related("addresses", "roles")
    found = narrowed(found, Kind.CONTACT, words)
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
    contact = Contact(name=name.strip(), language=language or Company.get().language)
    wrong = [f"{_OPTIONS[field]}: {said}" for field, said in wrong_with(contact).items()]
    if not wrong:
        contact.save()
        contact.roles.set(_duties(role or []))
    refuse_all([*wrong, *_written_down(contact, address or [])])
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
    if contact.source and (address or no_address or active is not None):
        sentence = _("Put it right in “%(source)s”: it is read again as soon as it is saved.")
        refuse(sentence % {"source": contact.source})
    wrong = [
        *_without_duties(contact, no_role or []),
        *_taken_away(contact, no_address or []),
        *_written_down(contact, address or []),
    ]
    refuse_all(wrong)  # which undoes what was well
    contact.roles.add(*_duties(role or []))
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


def _state(contact: Contact) -> Entry:
    """What the audit trail compares."""
    return {
        "duties": list(contact.roles.values_list("name", flat=True)),
        "addresses": list(contact.addresses.values_list("value", flat=True)),
        "is_active": contact.is_active,
    }


def _duties(names: list[str]) -> list[Role]:
    longest = Role._meta.get_field("name").max_length or 0
    wrong = [
        f"--role: {_('At most %(most)s characters.') % {'most': longest}}"
        if name.strip()
        else f"--role: {_('This must not be empty.')}"
        for name in names
        if not 0 < len(name.strip()) <= longest
    ]
    refuse_all(wrong)
    return [Role.objects.get_or_create(name=name.strip())[0] for name in names]


def _without_duties(contact: Contact, names: list[str]) -> Iterator[str]:
    """Take the duties away; yield a sentence for each that there is not."""
    for name in names:
        found = Role.objects.filter(name=name).first()
        if found is None:
            yield _("There is no role “%(role)s”.") % {"role": name}
        else:
            contact.roles.remove(found)


def _written_down(contact: Contact, addresses: list[str]) -> Iterator[str]:
    """Keep the addresses, when there is somebody to keep them for; yield what is wrong."""
    country = Company.get().country
    first = contact.addresses.count() if contact.pk else 0
    for position, written in enumerate(addresses, first):
        try:
            value, kind = address_as_kept(written, country)
        except Unusable as error:
            yield str(error)
            continue
        if contact.pk:
            Address.objects.create(contact=contact, value=value, kind=kind, position=position)


def _taken_away(contact: Contact, addresses: list[str]) -> Iterator[str]:
    """As it is kept, or as it stands when nobody understands it; yield what is not there."""
    for written in addresses:
        try:
            kept = address_as_kept(written, Company.get().country)[0]
        except Unusable:
            kept = written
        deleted, _models = contact.addresses.filter(value__in=(kept, written)).delete()
        if not deleted:
            words = {"name": contact.shown, "address": written}
            yield _("%(name)s has no address %(address)s.") % words


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
                why_misread(row),
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
    contact.time_zone = contact.time_zone if time_zone is None else time_zone
    refuse_all(
        [
            *_wrong_classes(refuses or [], wants or []),
            *(said for text in order or [] for said in _put_order(contact, text)),
            *(f"{_OPTIONS[field]}: {said}" for field, said in wrong_with(contact).items()),
        ]
    )
    for names, wanted in ((refuses, False), (wants, True)):
        for name in names or []:
            want(contact, name, wanted=wanted, by=operator(), now=clock())
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


def _put_order(contact: Contact, text: str) -> Iterator[str]:
    """Take “report=sms,email” over; yield what is wrong with it."""
    name, equals, said = text.partition("=")
    channels = list(dict.fromkeys(one.strip() for one in said.split(",") if one.strip()))
    if not equals or name not in (ANY, *MailClass.values):
        yield _no_class(name, (ANY, *MailClass.values))
    if not set(channels) <= catalogue.channels().keys():
        yield f"{text}: {_('There are: %(names)s.') % {'names': ', '.join(catalogue.channels())}}"
    contact.channel_order.pop(name, None)
    if channels:
        contact.channel_order[name] = channels


def _wrong_classes(refuses: list[str], wants: list[str]) -> Iterator[str]:
    for name in dict.fromkeys([*refuses, *wants]):
        if name not in MailClass.values:
            yield _no_class(name, MailClass.values)
        elif name in refuses and name in wants:
            yield _("“%(name)s” is both refused and wanted: say one.") % {"name": name}


def _no_class(name: str, known: Iterable[str]) -> str:
    words = {"name": name, "names": ", ".join(known)}
    return _("There is no class “%(name)s”; there are: %(names)s.") % words


@app.command("misread")
def list_misread() -> None:
    """List phones and e-mails that nobody understands as they are written."""
    table(
        (_("No."), _("Name"), _("As it is written"), _("Problem"), _("Source")),
        [
            (row.contact_id, row.contact.shown, row.value, why_misread(row), row.contact.source)
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
                one.in_words,
            )
            for one in unreached(clock() - timedelta(days=days)).order_by("-at", "-pk")
        ],
    )
