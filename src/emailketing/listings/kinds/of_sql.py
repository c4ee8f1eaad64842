"""A listing written in SQL, by those with the right: one SELECT on an account that only reads."""

from sqlalchemy import text

from emailketing.common.plain import JSON, Values
from emailketing.common.said import say as _
from emailketing.content.sheet.column import KINDS, TOTALS, WIDEST, Column
from emailketing.listings.asked import AskedListing, Described, Moment, Question
from emailketing.listings.cells import reader_of
from emailketing.listings.clicked.fields import KIND_OF
from emailketing.listings.clicked.parse import parameters_of
from emailketing.listings.errors import SqlRefused
from emailketing.listings.parameters import read_values
from emailketing.listings.plain_reader import PlainReader
from emailketing.listings.reading.read import Read
from emailketing.listings.sql.account import login_for_sql, refuse_unfit
from emailketing.listings.sql.check import check_sql
from emailketing.sources.connectors.audit import spelled
from emailketing.sources.connectors.model import Parameter
from emailketing.sources.dialects.base import Login

FILE = "SQL"


def login(listing: AskedListing) -> Login:
    return login_for_sql(listing.source)


def parameters(listing: AskedListing) -> tuple[Parameter, ...]:
    return _parsed(listing.definition)[1]


def question(listing: AskedListing, values: Values, moment: Moment, read: Read) -> Question:
    """Return the question; the account is looked at first, each time.

    Raises:
        ListingError: it may not be run, or is asked with something else.
    """
    sql, declared, columns = _parsed(listing.definition)
    checked = check_sql(sql, read.dialect.parser_name)
    known = {place for each in declared for place in each.places}
    for place in sorted(checked.places - known):
        raise SqlRefused(why=_("it asks for “:%(name)s”, which is no parameter.") % {"name": place})
    refuse_unfit(read, listing.source)
    given = read_values(declared, values, now=moment.now, zone=moment.zone)

    def describe(names: list[str]) -> list[Described]:
        kinds = [KIND_OF.get(stored, "text") for stored in read.stored]
        found = []
        for name, kind in zip(names, kinds, strict=True):
            column = columns.get(name) or Column(name, spelled(name), kind)
            found.append((column, reader_of(column.kind)))
        return found

    bound = {place: value for place, value in given.items() if place in checked.places}
    ready = f"SELECT * FROM (\n{checked.text}\n) emk_tried LIMIT 0" if moment.is_trial else ""  # noqa: S608 - checked, and read-only
    return Question(FILE, describe, text(ready or checked.text), bound, noted=sql)


def _parsed(
    definition: Values,
) -> tuple[str, tuple[Parameter, ...], dict[str, Column]]:
    top = PlainReader(definition, "")
    sql = _sql(top.take("sql"), top)
    parameters = parameters_of(top)
    columns = [_column(each) for each in top.several("columns")]
    top.refuse_twice(column.name for column in columns)
    top.done()
    return sql, parameters, {column.name: column for column in columns}


def _sql(value: JSON, top: PlainReader) -> str:
    if not isinstance(value, str) or not value.strip():
        raise top.wrong(_("“%(word)s” is missing.") % {"word": "sql"})
    return value


def _column(reader: PlainReader) -> Column:
    name = reader.text("name", needed=True)
    return Column(
        name=name,
        label=reader.labels("label") or spelled(name),
        kind=reader.one_of("kind", ("", *KINDS)) or "text",
        total=reader.one_of("total", TOTALS),
        width=reader.whole("width", most=WIDEST) or 0,
        decimals=reader.whole("decimals", most=12),
        currency=reader.text("currency"),
        thresholds=reader.thresholds("thresholds"),
    )
