"""Who gets which rows: all of them the same, or each his own (P8).

A share is a table of its own, made of the one read: what writes it out never sees another's rows.
"""

import copy
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from emailketing.audience.own_people import administrators
from emailketing.audience.recipients import Resolution, resolve
from emailketing.audience.wanted import RecipientInvalid
from emailketing.audience.ways import Plan
from emailketing.channels.declared import EMAIL
from emailketing.common.document import Document
from emailketing.common.plain import JSON, Cell, Values
from emailketing.common.said import LANGUAGES, sentence_of
from emailketing.common.said import say as _
from emailketing.contacts.models import Contact
from emailketing.content.kinds import local
from emailketing.content.sheet.column import Column, Labels
from emailketing.content.sheet.kept import KeptSheet, write_kept
from emailketing.outbox.queueing.dispatch import Recipient
from emailketing.schedule.models import Run
from emailketing.triggers.reports.models import Report

NOWHERE = Document()
Unowned = list[tuple[Labels, int]]  # (what the value of the column is called, how many rows)


@dataclass(frozen=True, slots=True)
class Share:
    """Who gets these rows: `values` of the column that says whose they are; None: all rows.

    `names` are what people call these values, in each language: of a contact's key its name.
    """

    people: tuple[Recipient, ...]
    values: tuple[Cell, ...] | None = None
    names: tuple[Labels, ...] = ()

    @property
    def part(self) -> Labels:
        """What its rows have in common, for the title and the names of its files."""
        said = {each: ", ".join(local(name, each) for name in self.names) for each in LANGUAGES}
        return said if len(set(said.values())) > 1 else next(iter(said.values()))

    @property
    def key(self) -> str:
        """The same for the same person at every attempt."""
        if self.values is None:
            return "all"
        one = self.people[0]
        return _short(f"{one.channel}:{one.address.lower()}")


@dataclass(slots=True)
class Shares:
    """What a run is divided into, and what does not fit."""

    shares: list[Share] = field(default_factory=list)
    unowned: Unowned = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def shares_of(report: Report, run: Run, kept: KeptSheet, plan: Plan) -> Shares:
    """Say who gets which rows of this run."""
    if run.only_to:
        return Shares([Share(_only_to(report, run.only_to, plan))])
    if not report.rows_by:
        found = _found(report, report.recipients, report.fallback, plan)
        people = tuple(found.recipients)
        return Shares([Share(people)] if people else [], problems=found.problems)
    return _divided(report, kept, plan)


def _only_to(report: Report, address: str, plan: Plan) -> tuple[Recipient, ...]:
    found = _found(report, [{"kind": "address", "value": address}], {}, plan)
    return tuple(found.recipients)


def _divided(report: Report, kept: KeptSheet, plan: Plan) -> Shares:
    whole = _found(report, report.recipients, {}, plan)
    divided = Shares(problems=list(whole.problems))
    # of a report that nobody owns, those who get the whole hear of the rows of nobody
    owner = owner_of(report) if report.owner or not whole.recipients else ()
    everybody = _once([*whole.recipients, *owner])
    of_whom: dict[tuple[str, str], tuple[Recipient, dict[Cell, Labels]]] = {}
    column = kept.column(str(report.rows_by["column"]))
    for value, count in kept.values_of(column.name):
        found = _owners(report, value, column, plan)
        divided.problems += found.problems
        if not found.recipients:
            divided.unowned.append((column.called(value), count))
        name = _name_of(report, value, column, found)
        for one in found.recipients:
            of_whom.setdefault(_place(one), (one, {}))[1][value] = name
    if everybody:
        divided.shares.append(Share(tuple(everybody)))
    told = {_place(one) for one in everybody}
    for place, (one, named) in of_whom.items():
        if place not in told:  # who gets the whole has his own rows in it
            divided.shares.append(Share((one,), tuple(named), tuple(named.values())))
    return divided


def _name_of(report: Report, value: Cell, column: Column, found: Resolution) -> Labels:
    """Return what people call the value: a contact's key says nothing to the contact."""
    contacts = {one.contact_id for one in found.recipients if one.contact_id is not None}
    if report.rows_by.get("kind") == "contact" and contacts:
        names = Contact.objects.filter(pk__in=contacts).order_by("name")
        return ", ".join(names.values_list("name", flat=True))
    return column.called(value)


def _owners(report: Report, value: Cell, column: Column, plan: Plan) -> Resolution:
    """Return whose rows these are; nobody where the value is empty or not understood."""
    written = "" if value is None else str(value).strip()
    if not written:
        return Resolution()
    kind = report.rows_by.get("kind")
    if kind == "people":
        people = _people(report.rows_by.get("people"), column.names_of(written))
        return _found(report, people, {}, plan)
    if kind == "address":
        return _found(report, [{"kind": "address", "value": written}], {}, plan)
    usage = str(report.rows_by.get("usage") or "")
    party = Document(party={"key": written, "name": written})
    return _found(report, [{"kind": "party", "usage": usage}], {}, plan, party)


def _people(people: JSON, names: Collection[str]) -> list[Values]:
    """Return who is named beside the value, in whatever language whoever named them read it."""
    named = people if isinstance(people, Mapping) else {}
    wanted = {str(name).strip().casefold(): lines for name, lines in named.items()}
    lines = next((wanted[name] for name in names if name in wanted), None)
    several = lines if isinstance(lines, list) else []
    return [line for line in several if isinstance(line, Mapping)]


def _found(
    report: Report,
    recipients: Sequence[Values],
    fallback: Values,
    plan: Plan,
    document: Document = NOWHERE,
) -> Resolution:
    """Find these people by the ways of the report."""
    asked = copy.copy(report)
    asked.recipients, asked.fallback = list(recipients), dict(fallback)
    try:
        return resolve(asked, document, plan=plan)
    except RecipientInvalid as error:
        return Resolution(problems=[sentence_of(error)])


def owner_of(report: Report) -> tuple[Recipient, ...]:
    """Return who hears what concerns the report itself; without an owner the administrators."""
    owner = report.owner
    if owner is None or not owner.email or not owner.is_active:
        return administrators(_("owner of the report"))
    return (
        Recipient(
            address=owner.email,
            channel=EMAIL,
            name=owner.get_full_name() or owner.get_username(),
            language=owner.language,
            why=_("owner of the report"),
        ),
    )


def _once(people: Iterable[Recipient]) -> list[Recipient]:
    return list({_place(one): one for one in reversed(list(people))}.values())[::-1]


def _place(one: Recipient) -> tuple[str, str]:
    return one.channel, one.address.lower()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def sheet_of(report: Report, share: Share, kept: KeptSheet) -> KeptSheet:
    """Return the rows of a share as a table of its own; the whole is the read itself."""
    if share.values is None:
        return kept
    column = str(report.rows_by["column"])
    own = kept.path.with_name(f"{share.key}.sheet")
    return write_kept(own, kept.columns, _rows(kept, column, share.values))


def _rows(kept: KeptSheet, column: str, values: Iterable[Cell]) -> Iterator[tuple[Cell, ...]]:
    for value in values:
        yield from kept.rows((column, value))


def without_wishes(divided: Shares, left_out: set[tuple[str, str]]) -> int:
    """Take out of the shares who does not want this run (P9); return how many that are."""
    count = 0
    for number, share in enumerate(divided.shares):
        wanting = tuple(one for one in share.people if _place(one) not in left_out)
        count += len(share.people) - len(wanting)
        divided.shares[number] = replace(share, people=wanting)
    if count:
        divided.problems.append(_("Left out by their own wish: %(count)s.") % {"count": count})
    return count


def without_told(share: Share, told: set[tuple[str, str]]) -> Share:
    """Leave out who has it already from a worker that died."""
    left = tuple(one for one in share.people if _place(one) not in told)
    return replace(share, people=left)
