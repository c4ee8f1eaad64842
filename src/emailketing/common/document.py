"""The frozen document: what a source tells of, templates name, papers print and rules judge.

Every value is text, but for truth values and counts: exact decimals, ISO dates, "" for nothing.
A connector's own columns and lists stand beside these names; `as_json` gives them.
docs/reference/document.md describes the JSON form; a test compares.
"""

from typing import Any, TypedDict, cast

from emailketing.common.plain import JSON, Values


class Party(TypedDict, total=False):
    """Supplier, customer or employee, as the business system had them then."""

    key: str
    key_parts: list[bool | int | str]
    name: str
    tax_id: str
    address: str
    city: str
    phone: str
    email: str
    language: str


class Line(TypedDict, total=False):
    """One row of goods or services."""

    code: str
    description: str
    quantity: str
    unit: str
    unit_price: str
    total: str


class Tax(TypedDict, total=False):
    """What one tax comes to."""

    name: str
    amount: str


class Totals(TypedDict, total=False):
    """What the document comes to."""

    untaxed: str
    tax: str
    total: str
    taxes: list[Tax]


class Change(TypedDict, total=False):
    """One value that is not as it was when the document was told last."""

    label: dict[str, str]
    item: str
    kind: str
    op: str
    was: str
    now: str
    currency_was: str


class ChangedField(TypedDict, total=False):
    """One column of a record that was changed, in words."""

    name: str
    label: str
    before: str
    after: str
    percent: str


class ChangedChild(TypedDict, total=False):
    """A row under the record that was changed with it."""

    table: str
    label: str
    operation: str
    actor: str
    fields: list[ChangedField]


class ChangedRow(TypedDict, total=False):
    """One row of the sheet about many records."""

    at: str
    actor: str
    record: str
    field: str
    before: str
    after: str
    percent: str


class Worded(TypedDict, total=False):
    """What of a change of a record reads otherwise in another language."""

    label: str
    record: str
    table_label: str
    fields: list[ChangedField]
    children: list[ChangedChild]
    rows: list[ChangedRow]


class Declared(TypedDict, total=False):
    """What the connector says of the document's values, as it said it then."""

    kinds: dict[str, str]
    words: dict[str, dict[str, str]]


class Document(Worded, total=False):
    """What was told, as it was then; it never changes afterwards."""

    type: str
    key: str
    number: str
    date: str
    state: str
    currency: str
    conditions: str
    notes: str
    delivery_date: str
    valid_until: str
    seller: str
    seller_phone: str
    reply_to: str
    reason: str
    party: Party
    lines: list[Line]
    totals: Totals
    declared: Declared
    # of a document that was told before
    sent_at: str
    edition: str
    changes: list[Change]
    # of a change of a record
    actor: str
    at: str
    hour: str
    weekday: str
    table: str
    operation: str
    origin: str
    claim: str
    percent: str
    children_count: int
    records: int
    rows_count: int
    is_mass: bool
    choose_url: str
    in_language: dict[str, Worded]


class AlertTold(Document, total=False):
    """What stands still, told to our own people."""

    kind: str
    name: str
    since_at: str


class MorningList(Document, total=False):
    """What went wrong yesterday, told to our own people."""

    unreached: list[dict[str, str]]
    unreached_count: int
    misread: list[dict[str, str]]
    misread_new: int
    misread_count: int
    cases: list[dict[str, str]]
    cases_count: int
    deleted: list[dict[str, str]]
    deleted_count: int


def document_in(stored: Any) -> Document:
    """Return the document of an event's data; an empty one where it holds none."""
    found: Document | None = stored.get("document")
    return found or {}


def as_document(values: Values) -> Document:
    """Take what was read for a document."""
    return cast("Document", values)


def as_json(document: Document) -> Values:
    """Return it with the connector's own names: all that is in it is plain data."""
    return cast("Values", document)


def own_value(document: Document, name: str) -> JSON:
    """Return what a connector has put beside the usual names."""
    return as_json(document).get(name)
