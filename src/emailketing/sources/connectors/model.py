"""What a connector says, as plain immutable values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from emailketing.common.conditions import Condition
from emailketing.common.plain import Entry, Values
from emailketing.content.declared import Layout, Starter
from emailketing.content.kinds import TYPES, Kinds
from emailketing.content.sheet.column import Column
from emailketing.sources.capture.base import WatchedTable
from emailketing.sources.connectors.audit import Audit
from emailketing.sources.connectors.audit import Labels as Labels

FIELD_TYPES = ("text", "money", "number", "quantity", "date", "datetime", "boolean")
NUMBERS = frozenset({"money", "number", "quantity"})
TAXES = "totals.taxes"  # where the rows of the query `taxes` stand in a document
PERIOD = "period"
PERIOD_PARTS = (  # first day and the day after the last: its own, and of a month and a year before
    "from",
    "until",
    "month_before_from",
    "month_before_until",
    "year_before_from",
    "year_before_until",
)
PARAMETER_TYPES = (*FIELD_TYPES, PERIOD)
SETTLE = 0.4  # seconds without another change before a document is read


class ConnectorError(Exception):
    """A connector cannot be used; the message says which file and what to put right."""


def in_language(labels: Labels, language: str) -> str:
    """Return the text in this language, else in Spanish, else in any."""
    return labels.get(language) or labels.get("es") or next(iter(labels.values()), "")


@dataclass(frozen=True, slots=True)
class Query:
    """One `.sql` file, with other words for a dialect where `name.<dialect>.sql` stands beside."""

    file: str
    text: str
    by_dialect: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def sql(self, dialect: str) -> str:
        return self.by_dialect[dialect][1] if dialect in self.by_dialect else self.text

    def file_for(self, dialect: str) -> str:
        return self.by_dialect[dialect][0] if dialect in self.by_dialect else self.file


@dataclass(frozen=True, slots=True)
class Field:
    """What conditions and templates may name: dotted path, label, type.

    `column` is the column of the document's own table it comes from: then conditions can ask what
    it was before, and whether it changed. `sets`: what several of its values together are. `words`:
    the set in `[words.…]` that says what its values are called.
    """

    path: str
    label: Labels
    type: str = "text"
    column: str = ""
    choices: Mapping[str, Labels] = field(default_factory=dict)  # value → what it is called
    sets: Mapping[frozenset[str], Labels] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, slots=True)
class ChildTable:
    """A table whose rows belong to a document or party: a change there is a change of that.

    `columns` lead to the parent, in the order of its key; where the way is longer, `parents` is a
    query that takes the row's key columns as parameters and gives the parents' keys.
    """

    table: str
    columns: tuple[str, ...] = ()
    parents: Query | None = None


@dataclass(frozen=True, slots=True)
class DocumentType:
    """How one kind of document is read. `text` is the pattern of its label: “Orden {number}”."""

    type: str
    label: Labels
    table: str
    key: tuple[str, ...]  # its columns
    text: Labels
    header: Query
    lines: Query | None = None
    taxes: Query | None = None
    party: str = ""
    fields: tuple[Field, ...] = ()
    children: tuple[ChildTable, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # column of a query → path
    layout: str = ""
    lists: Mapping[str, Query] = field(default_factory=dict)  # more lists than lines and taxes
    settle: float | None = None  # its own settle time, where it differs from the connector's
    sample: Values = field(default_factory=dict)  # an invented one, to design with

    @property
    def queries(self) -> tuple[Query, ...]:
        usual = (self.header, self.lines, self.taxes)
        return (*(q for q in usual if q is not None), *self.lists.values())

    def field_types(self) -> dict[str, str]:
        return {f.path: f.type for f in self.fields}

    def kinds(self) -> Kinds:
        """Return path → how its value is written, of every field that is declared."""
        return {f.path: "word" if f.words else TYPES.get(f.type, "text") for f in self.fields}

    def is_in_list(self, path: str) -> bool:
        """Say whether it is a column of rows: such a path has a value for each of them."""
        return path.partition(".")[0] in {"lines", *self.lists} or path.startswith(f"{TAXES}.")

    def known_paths(self) -> frozenset[str]:
        """Return what a condition may ask for: every field, and whether a list is filled."""
        return frozenset({"lines", *self.lists, *self.field_types()})


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared with the document as it was told last; `label`: what readers call it."""

    path: str
    label: Labels
    list: str = ""  # the list it stands in: "lines" of "lines.quantity"


@dataclass(frozen=True, slots=True)
class Process:
    """An edge: what was false before and is true now, once the document is complete enough.

    Both conditions are trees as rules have them: {"all": [{"field", "op", "value"}, …]}; empty
    holds always, so a process without `becomes` happens when a document comes into being.

    One that `follows` another happens only after that, to the same document. With `changed` it
    happens whenever one of these is not what it was when the document was told last. One that
    `ends` it (annulled) is its opposite: while the one is so, the other is not.
    """

    name: str
    label: Labels
    document_type: str
    becomes: Condition = field(default_factory=Condition)
    sendable: Condition = field(default_factory=Condition)
    past: Query | None = None  # keys of the documents for which it was true before we came
    follows: str = ""
    changed: tuple[Compared, ...] = ()
    ends: bool = False


@dataclass(frozen=True, slots=True)
class PartyType:
    """One kind of business partner, and how its name and addresses are read."""

    kind: str
    label: Labels
    table: str
    key: tuple[str, ...]  # its columns
    contact: Query
    addresses: Query | None = None
    dates: Query | None = None
    children: tuple[ChildTable, ...] = ()

    @property
    def queries(self) -> tuple[Query, ...]:
        every = (self.contact, self.addresses, self.dates)
        return tuple(query for query in every if query is not None)


@dataclass(frozen=True, slots=True)
class DateKind:
    """What a date of a party is: one that comes again each year, or a day that is there once."""

    label: Labels
    is_yearly: bool = True


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a listing is asked with; a period fills in `:name_from`, `:name_until` and so on.

    `default`: a value or a word as somebody would give it; None: it must be given. `choices`: a
    query whose first two columns are what may be chosen and what that is called.
    """

    name: str
    label: Labels
    type: str = "text"
    default: str | None = None
    choices: Query | None = None

    @property
    def places(self) -> tuple[str, ...]:
        """Return the parameters of the query that it fills in."""
        if self.type != PERIOD:
            return (self.name,)
        return tuple(f"{self.name}_{part}" for part in PERIOD_PARTS)


@dataclass(frozen=True, slots=True)
class ListedDates:
    """A date that each row of a listing has: `kind` says what it is (“inspection”).

    `date`, `party` and `of` are columns: the date, whose row it is (the key of a contact), and
    what it is of (a plate); empty: the contact itself.
    """

    kind: str
    date: str
    party: str
    of: str = ""
    is_yearly: bool = False


@dataclass(frozen=True, slots=True)
class ConnectorListing:
    """A named question whose answer is a table: for reports; a query, or a statement.

    `columns`: how the columns of the same name as a field are shown. `dates`: what its rows are
    for somebody's special date.
    """

    name: str
    label: Labels
    query: Query | None = None
    statement: Values = field(default_factory=dict)  # as clicking makes one
    fields: tuple[Field, ...] = ()
    columns: Mapping[str, Column] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    dates: ListedDates | None = None

    @property
    def queries(self) -> tuple[Query, ...]:
        return tuple(q for q in (self.query, *(p.choices for p in self.parameters)) if q)


@dataclass(frozen=True, slots=True)
class ActorQuery:
    """Who did it: `name` turns what the column holds into a name, `deleted` finds who deleted.

    `created_column` holds who made a row where the actor column is empty until the first change.
    """

    name: Query | None = None
    deleted: Query | None = None
    created_column: str = ""


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """A rule the connector proposes: the pack that somebody only has to switch on.

    `settings`: what else the rule says, in the words of the file (delivery, class, repeat …);
    templates by their slug, recipients with roles by name.
    """

    name: str
    label: Labels
    process: str
    template: str
    texts: Mapping[str, str] = field(default_factory=dict)  # for phones: channel → template
    recipients: tuple[Values, ...] = ()
    fallback: Values = field(default_factory=dict)
    condition: Condition = field(default_factory=Condition)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadySchedule:
    """How often a proposed report goes out, in the words that are typed."""

    every: str = "day"
    at: str = "07:00"
    on: tuple[str, ...] = ()
    day: int = 1
    nth: int = 1


@dataclass(frozen=True, slots=True)
class ReadyLooks:
    """What of a proposed report is shown; each field is named and kept as a report has it."""

    files: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    chart: Entry = field(default_factory=dict)
    order: list[tuple[str, bool]] = field(default_factory=list)
    top: int = 10
    columns: list[str] = field(default_factory=list)
    compare: str = ""
    when_empty: str = "skip"
    rows_by: Entry = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadyReport:
    """A report the connector proposes: its listing, when, and what of it is shown.

    Attributes:
        values: what the listing is asked with.
        phone: its text for the phone by language, with places for figures.
        roles: duties, by name, that get all of it.
        looks: what of it is shown, and to whom.
    """

    name: str
    label: Labels
    listing: str
    values: Mapping[str, str] = field(default_factory=dict)
    phone: Labels = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    schedule: ReadySchedule = ReadySchedule()
    looks: ReadyLooks = field(default_factory=ReadyLooks)


@dataclass(frozen=True, slots=True)
class Connector:
    """One kind of business system."""

    name: str
    title: Labels
    version: str
    folder: Path
    dialects: tuple[str, ...]
    description: Labels = field(default_factory=dict)
    settle: float = SETTLE
    tables: tuple[WatchedTable, ...] = ()
    schemas: Mapping[str, str] = field(default_factory=dict)  # dialect → schema
    documents: Mapping[str, DocumentType] = field(default_factory=dict)
    processes: Mapping[str, Process] = field(default_factory=dict)
    parties: Mapping[str, PartyType] = field(default_factory=dict)
    usages: Mapping[str, Labels] = field(default_factory=dict)
    dates: Mapping[str, DateKind] = field(default_factory=dict)
    traits: Mapping[str, Labels] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, Labels]] = field(default_factory=dict)
    actor: ActorQuery = ActorQuery()
    listings: Mapping[str, ConnectorListing] = field(default_factory=dict)
    products: Query | None = None
    rules: Mapping[str, ReadyRule] = field(default_factory=dict)
    reports: Mapping[str, ReadyReport] = field(default_factory=dict)
    audit: Audit | None = None
    starters: Mapping[str, Starter] = field(default_factory=dict)
    layouts: Mapping[str, Layout] = field(default_factory=dict)
    labels: Mapping[str, Labels] = field(default_factory=dict)  # what its layouts call things

    @property
    def papers(self) -> dict[str, DocumentType]:
        """The kinds of documents that are read in the business database."""
        return {name: document for name, document in self.documents.items() if document.table}

    @property
    def edges(self) -> dict[str, Process]:
        """The processes that are judged by reading a document, all but those of the audit."""
        papers = self.papers
        return {name: p for name, p in self.processes.items() if p.document_type in papers}

    def ending(self, process: Process) -> list[Process]:
        """Return the processes that end this one, or the one it follows."""
        if process.ends:
            return []
        begun = process.follows or process.name
        return [other for other in self.processes.values() if other.ends and other.follows == begun]

    def in_order(self) -> list[Process]:
        """Return the edges as they are told: what others follow, what follows, what ends it."""
        return sorted(self.edges.values(), key=lambda p: (bool(p.follows), not p.changed, p.ends))

    def watches(self, dialect: str = "") -> list[WatchedTable]:
        """Return every table to watch, in the words of capture."""
        return list(self.named_watches(dialect).values())

    def named_watches(self, dialect: str) -> dict[str, WatchedTable]:
        """Return the same by what the connector calls them: “pedido”, “ventas.pedido”."""
        usual = self.schemas.get(dialect)
        return {w.label: replace(w, schema=w.schema or usual) for w in self.tables}

    def place(self, table: str, dialect: str) -> tuple[str | None, str]:
        """Return schema (None: the usual one) and name of a table as the connector calls it."""
        stated = next((watch for watch in self.tables if watch.label == table), None)
        watch = stated or WatchedTable.named(table)
        return watch.schema or self.schemas.get(dialect), watch.table

    def settle_of(self, document_type: str) -> float:
        """Return how many seconds without another change a document waits to be read."""
        document = self.documents.get(document_type)
        return self.settle if document is None or document.settle is None else document.settle

    def usage_label(self, usage: str, language: str) -> str:
        return in_language(self.usages.get(usage, {}), language) or usage
