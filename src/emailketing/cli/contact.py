"""`emailketing contact …`: whom we write to, what they want, whom nothing reaches."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import Most, clock, local, refuse, refuse_all, table, who
from emailketing.company.models import Company
from emailketing.contacts.check import ANY, ContactInvalid, read_address
from emailketing.contacts.mail_class import MailClass
from emailketing.contacts.misread import misread, phones_first, why_misread
from emailketing.contacts.models import Address, Contact, PersonDate, Role
from emailketing.contacts.save import Besides, save_contact
from emailketing.contacts.wishes import is_wanted, with_notes
from emailketing.search.find import narrowed
from emailketing.search.models import Kind
from emailketing.triggers.notifications.afterwards.unreached import party_of, unreached

if TYPE_CHECKING:
    from emailketing.sources.labels import Labels

# how a field is called where it is typed
_OPTIONS = {
    "name": "NAME",
    "language": "--language",
    "time_zone": "--time-zone",
    "channel_order": "--order",
    "duties": "--role",
    "dates": "--date",
    "why": "--reason",
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


Dates = Annotated[
    list[str] | None,
    typer.Option(
        help=str(gettext_lazy("kind=day, for example birth=23/05/1980; without a day: none"))
    ),
]


def _labels() -> "Labels":
    from emailketing.sources.labels import Labels  # the connectors, for those who show dates

    return Labels()


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


@app.command("dates")
def list_dates(
    unreadable: Annotated[
        bool, typer.Option("--unreadable", help=str(gettext_lazy("Only what is no day, and why")))
    ] = False,
    limit: Most = 50,
) -> None:
    """List the dates of contacts, birthdays and others, by day of the year."""
    found = PersonDate.objects.select_related("contact").order_by("month", "day", "pk")
    if unreadable:
        found = found.filter(problem__gt="")
    labels = _labels()
    table(
        (_("Contact"), _("Of"), _("Kind"), _("As written"), _("Problem")),
        [
            (
                row.contact.shown,
                row.name,
                labels.date(row.contact.source, row.kind),
                row.written,
                row.problem_in_words,
            )
            for row in found[:limit]
        ],
    )


@app.command()
def add(
    name: str,
    address: Addresses = None,
    role: Duties = None,
    language: str = "",
    date: Dates = None,
) -> None:
    """Enter somebody by hand, for example who has a duty in the company."""
    contact = Contact(name=name.strip(), language=language or Company.get().language)
    rows = [Address(kind="", value=one, position=at) for at, one in enumerate(address or [])]
    refuse_all(_not_saved(contact, Besides(rows, _duties(role), dates=_dates(date))))
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
    date: Dates = None,
) -> None:
    """Give a person a duty, an address or a date, or take it away; switch somebody off."""
    contact = _contact(number)
    duties, rows = list(contact.roles.all()), list(contact.addresses.all())
    wrong = [*_without(duties, no_role or []), *_taken_away(contact, rows, no_address or [])]
    first = max((row.position for row in rows), default=-1) + 1
    new = [Address(kind="", value=one, position=at) for at, one in enumerate(address or [], first)]
    contact.is_active = contact.is_active if active is None else active
    named = [*(one.name for one in duties), *_duties(role)]
    besides = Besides([*rows, *new], named, dates=_dates(date))
    refuse_all([*wrong, *_not_saved(contact, besides)])  # which undoes what was well
    typer.echo(_("Saved: %(name)s") % {"name": contact.shown})


def _not_saved(contact: Contact, besides: Besides) -> list[str]:
    """Save it; return every sentence about why not, each by the option it was given with."""
    try:
        save_contact(contact, besides, by=who(), now=clock())
    except ContactInvalid as error:
        return [_with_option(place, said) for place, said in error.problems.items()]
    return []


def _with_option(place: str, sentence: str) -> str:
    option = _OPTIONS.get(place.partition(".")[0])
    return f"{option}: {sentence}" if option else sentence


def _dates(texts: list[str] | None) -> dict[str, str] | None:
    """Take “birth=23/05/1980” apart; None where nothing is said."""
    said = (text.partition("=") for text in texts or ())
    return {kind.strip(): day.strip() for kind, _equals, day in said} or None


def _duties(names: list[str] | None) -> list[str]:
    return [name.strip() for name in names or []]


def _without(duties: list[Role], names: list[str]) -> Iterator[str]:
    """Take duties out of the list; yield a sentence for each that there is not."""
    for name in names:
        if not Role.objects.filter(name=name).exists():
            yield _("There is no role “%(role)s”.") % {"role": name}
        duties[:] = [one for one in duties if one.name != name]


def _taken_away(contact: Contact, rows: list[Address], addresses: list[str]) -> Iterator[str]:
    """As it is kept, or as it stands when nobody understands it; yield what is not there."""
    for written in addresses:
        asked = Address(kind="", value=written)
        read_address(asked, Company.get().country)
        left = [row for row in rows if row.value not in (asked.value, written)]
        if len(left) == len(rows):
            words = {"name": contact.shown, "address": written}
            yield _("%(name)s has no address %(address)s.") % words
        rows[:] = left


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
    labels = _labels()
    said = [
        (labels.date(contact.source, d.kind), d.name, d.written, d.withheld or d.problem_in_words)
        for d in contact.dates.all()
    ]
    if said:
        table((_("Date"), _("Of"), _("As written"), _("Problem")), said)
    for name, value in contact.traits.items():
        typer.echo(f"{labels.trait(contact.source, name)}: {value}")
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
    reason: Annotated[
        str, typer.Option(help=str(gettext_lazy("Why something that the person ended goes on")))
    ] = "",
) -> None:
    """Note which classes of messages a person wants, over which channel first, in which zone."""
    contact = _contact(number)
    contact.time_zone = contact.time_zone if time_zone is None else time_zone
    wrong = [*_said_twice(refuses or [], wants or []), *_put_order(contact, order or [])]
    wanted = {**dict.fromkeys(refuses or [], False), **dict.fromkeys(wants or [], True)}
    refuse_all([*wrong, *_not_saved(contact, Besides(wants=wanted, why=reason))])
    typer.echo(_("Saved: %(name)s") % {"name": contact.shown})


def _put_order(contact: Contact, texts: list[str]) -> Iterator[str]:
    """Take “report=sms,email” over; yield what cannot be read."""
    for text in texts:
        name, equals, said = text.partition("=")
        if not equals:
            yield _("“%(text)s” is no order; write for example report=sms,email.") % {"text": text}
            continue
        contact.channel_order.pop(name, None)
        channels = list(dict.fromkeys(one.strip() for one in said.split(",") if one.strip()))
        if channels or name not in (ANY, *MailClass.values):
            contact.channel_order[name] = channels


def _said_twice(refuses: list[str], wants: list[str]) -> Iterator[str]:
    for name in dict.fromkeys(refuses):
        if name in wants:
            yield _("“%(name)s” is both refused and wanted: say one.") % {"name": name}


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
