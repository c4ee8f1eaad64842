"""The one way to ask a listing, whatever kind it is."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.common.language import active_language
from emailketing.common.plain import Entry, Values
from emailketing.common.said import Said, sentence_of
from emailketing.common.unwanted import OnUnwanted, always_wanted
from emailketing.company.models import Company
from emailketing.content.sheet.column import ColumnError, check_columns
from emailketing.listings.answer import ListingAnswer
from emailketing.listings.asked import (
    CLICKED,
    CONNECTOR,
    SQL,
    STATEMENT,
    AskedListing,
    Described,
    ListingKind,
    Moment,
    Question,
)
from emailketing.listings.cells import saying
from emailketing.listings.clicked.schema import hidden_by
from emailketing.listings.errors import ColumnsWrong
from emailketing.listings.kinds import of_clicks, of_connector, of_sql, of_statements
from emailketing.listings.models import Listing
from emailketing.listings.parameters import trial_value
from emailketing.listings.reading.limits import WHOLE, Limits
from emailketing.listings.reading.read import Read, nothing
from emailketing.listings.right import refuse_unseen
from emailketing.sources.connectors.model import Parameter
from emailketing.sources.dialects.base import Login
from emailketing.sources.in_use import in_use

TRIAL = Limits(seconds=30)
KINDS: dict[str, ListingKind] = {
    CONNECTOR: of_connector,
    CLICKED: of_clicks,
    STATEMENT: of_statements,
    SQL: of_sql,
}


def parameters_of(listing: AskedListing) -> tuple[Parameter, ...]:
    """Return what it may be asked with."""
    return KINDS[listing.kind].parameters(listing)


def ask(  # noqa: PLR0913 - when, where, how far and for whom
    listing: AskedListing,
    values: Values,
    *,
    now: datetime,
    language: str = "",
    in_words: bool = True,
    zone: str = "",
    limits: Limits = WHOLE,
    by: Who | str = "",
    on_unwanted: OnUnwanted = always_wanted,
) -> ListingAnswer:
    """Ask; the rows come while they are read.

    Args:
        listing: a saved one, or one of a connector.
        values: what it is asked with, as somebody gives it; what is missing has its default.
        now: periods are reckoned from it: the instant it was planned for (P2).
        language: in which words of the business are said.
        in_words: else values stand as the business has them, and columns have the words of each
            language: one read for readers of several.
        zone: the zone of those periods; empty: the company's.
        limits: how long, and how many rows.
        by: who asks, and may see it; noted for SQL (S33). Empty: who made the listing.
        on_unwanted: is told what ends it at the source, from any thread.

    Raises:
        ListingError, CaptureError, ConnectorError: one sentence; the rows raise CaptureError, too.
    """
    refuse_unseen(listing, by)
    moment = Moment(now, zone or Company.get().time_zone, language or active_language())
    with ExitStack() as opened:
        read = opened.enter_context(Read(listing.source, limits, _login(listing), _hides(listing)))
        on_unwanted(read.cancel)
        question = KINDS[listing.kind].question(listing, values, moment, read)
        answer = _answer(question, read, moment.language if in_words else "")
        opened.pop_all()  # whoever has the answer closes it
    if question.noted:
        answer.close = _noting(listing, question.noted, answer, by or listing_author(listing), now)
    return answer


def _login(listing: AskedListing) -> Login | None:
    """Return the account it is asked with where that is not the source's."""
    return of_sql.login(listing) if listing.kind == SQL else None


def _hides(listing: AskedListing) -> Callable[[str, str], bool]:
    """A connector's own queries may need what nobody is shown; what people make may not."""
    if listing.kind == CONNECTOR:
        return nothing
    return hidden_by(in_use(listing.source), listing.source.dialect)


def listing_author(listing: AskedListing) -> str:
    return str(getattr(listing, "changed_by", ""))


def _noting(
    listing: AskedListing, text: str, answer: ListingAnswer, by: Who | str, now: datetime
) -> Callable[[], None]:
    """Return what closes the answer and notes, once, what was run, by whom, for how long (S33)."""
    close, begun = answer.close, time.monotonic()
    left = [True]

    def closed() -> None:
        close()
        if left and left.pop():
            seconds = f"{time.monotonic() - begun:.1f}"
            changes: Entry = {
                "sql": ["", text],
                "rows": ["", answer.count],
                "seconds": ["", seconds],
            }
            about = listing if isinstance(listing, Listing) and listing.pk else listing.source
            note("asked", by=by, now=now, about=about, changes=changes)

    return closed


def try_out(listing: AskedListing, *, now: datetime) -> tuple[Said, ...]:
    """Ask it for no rows; return what whoever makes it should know.

    Raises:
        ListingError, CaptureError, ConnectorError: it cannot work, in one sentence.
    """
    kind = KINDS[listing.kind]
    moment = Moment(now, Company.get().time_zone, active_language(), is_trial=True)
    with Read(listing.source, TRIAL, _login(listing), _hides(listing)) as read:
        values = {each.name: each.default or trial_value(each) for each in kind.parameters(listing)}
        question = kind.question(listing, values, moment, read)
        with _answer(question, read, moment.language) as answer:
            list(answer.rows)
    return question.notices


def _answer(question: Question, read: Read, language: str) -> ListingAnswer:
    """Give the rows, said in a language; empty: their words stay with the columns."""
    names, rows = question.names, question.rows or iter(())
    if question.statement is not None:
        names, rows = read.stream(question.statement, question.values, file=question.file)
    try:
        described = [_said(one, language) for one in question.describe(names)]
        columns = tuple(column for column, _reader in described)
        check_columns(columns)
    except ColumnError as error:
        raise ColumnsWrong(why=sentence_of(error)) from error
    answer = ListingAnswer(columns, rows, read.cancel, read.close)
    answer.read_as(rows, [reader for _column, reader in described], read.limits.rows)
    return answer


def _said(described: Described, language: str) -> Described:
    column, reader = described
    if not (column.words and language):
        return described
    return replace(column, words={}), saying(reader, column.words, language)
