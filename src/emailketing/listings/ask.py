"""The one way to ask a listing, whatever kind it is."""

from datetime import datetime

from emailketing.common.language import active_language
from emailketing.common.plain import Values
from emailketing.common.said import Said, sentence_of
from emailketing.company.models import Company
from emailketing.content.sheet.column import ColumnError, check_columns
from emailketing.listings.answer import ListingAnswer
from emailketing.listings.asked import (
    CLICKED,
    CONNECTOR,
    STATEMENT,
    AskedListing,
    ListingKind,
    Moment,
    Question,
)
from emailketing.listings.errors import ColumnsWrong
from emailketing.listings.kinds import of_clicks, of_connector, of_statements
from emailketing.listings.parameters import trial_value
from emailketing.listings.reading.limits import WHOLE, Limits
from emailketing.listings.reading.read import Read
from emailketing.sources.connectors.model import Parameter

TRIAL = Limits(seconds=30)
KINDS: dict[str, ListingKind] = {
    CONNECTOR: of_connector,
    CLICKED: of_clicks,
    STATEMENT: of_statements,
}


def parameters_of(listing: AskedListing) -> tuple[Parameter, ...]:
    """Return what it may be asked with."""
    return KINDS[listing.kind].parameters(listing)


def ask(
    listing: AskedListing,
    values: Values,
    *,
    now: datetime,
    language: str = "",
    zone: str = "",
    limits: Limits = WHOLE,
) -> ListingAnswer:
    """Ask; the rows come while they are read.

    Args:
        listing: a saved one, or one of a connector.
        values: what it is asked with, as somebody gives it; what is missing has its default.
        now: periods are reckoned from it: the instant it was planned for (P2).
        language: in which words of the business are said.
        zone: the zone of those periods; empty: the company's.
        limits: how long, and how many rows.

    Raises:
        ListingError, CaptureError, ConnectorError: one sentence; the rows raise CaptureError, too.
    """
    moment = Moment(now, zone or Company.get().time_zone, language or active_language())
    read = Read(listing.source, limits)
    try:
        return _answer(KINDS[listing.kind].question(listing, values, moment, read), read)
    except BaseException:
        read.close()
        raise


def try_out(listing: AskedListing, *, now: datetime) -> tuple[Said, ...]:
    """Ask it for no rows; return what whoever makes it should know.

    Raises:
        ListingError, CaptureError, ConnectorError: it cannot work, in one sentence.
    """
    kind = KINDS[listing.kind]
    moment = Moment(now, Company.get().time_zone, active_language(), is_trial=True)
    with Read(listing.source, TRIAL) as read:
        values = {each.name: each.default or trial_value(each) for each in kind.parameters(listing)}
        question = kind.question(listing, values, moment, read)
        with _answer(question, read) as answer:
            list(answer.rows)
    return question.notices


def _answer(question: Question, read: Read) -> ListingAnswer:
    names, rows = question.names, question.rows or iter(())
    if question.statement is not None:
        names, rows = read.stream(question.statement, question.values, file=question.file)
    try:
        described = question.describe(names)
        columns = tuple(column for column, _reader in described)
        check_columns(columns)
    except ColumnError as error:
        raise ColumnsWrong(why=sentence_of(error)) from error
    answer = ListingAnswer(columns, rows, read.cancel, read.close)
    answer.read_as(rows, [reader for _column, reader in described], read.limits.rows)
    return answer
