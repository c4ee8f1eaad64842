"""What happened in the last days: the events noticed, and the documents from before that."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from emailketing.audience.hours import ASUNCION, zone_of
from emailketing.common.document import Document
from emailketing.company.models import Company
from emailketing.content.formats import NotAValue, as_date
from emailketing.events.models import Event
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.in_use import in_use
from emailketing.sources.reading.sample import past_documents
from emailketing.triggers.notifications.models import Rule

MOST_CASES = 1_000
MOST_DOCUMENTS = 500
MOST_OLDER = 50  # in a row; then the past is left alone
MOST_TOLD = 20_000  # newest events whose documents are known not to be read
NOON = time(12)


@dataclass(frozen=True)
class Happenings:
    """Events, oldest first; one without a primary key is a past document.

    Attributes:
        is_cut: there was more than could be looked at; the newest were.
        past_problem: why no past document could be asked.
    """

    events: list[Event]
    is_cut: bool = False
    past_problem: str = ""


def happenings(rule: Rule, since: datetime) -> Happenings:
    """Return what happened, and what must have happened before anybody looked.

    Raises:
        CaptureError, ConnectorError: there are no events, and the source cannot be read.
    """
    newest = _all_events(rule).filter(occurred_at__gte=since).order_by("-occurred_at", "-pk")
    events = list(newest[: MOST_CASES + 1])
    problem = ""
    try:
        past, is_cut = _past(rule, since)
    except (CaptureError, ConnectorError) as error:
        if not events:
            raise
        past, is_cut, problem = [], False, str(error)
    found = sorted([*past, *events], key=lambda event: event.occurred_at)
    return Happenings(found[-MOST_CASES:], is_cut or len(found) > MOST_CASES, problem)


def _all_events(rule: Rule) -> QuerySet[Event]:
    return Event.objects.filter(source=rule.source.slug, kind=rule.process)


def _past(rule: Rule, since: datetime) -> tuple[list[Event], bool]:
    """Make events, never saved, of the documents that have none, and say whether there are more."""
    process = in_use(rule.source).edges.get(rule.process)
    if process is None or process.follows:
        return [], False  # told as they come; no past document says what it was before
    told = _all_events(rule).order_by("-pk").values_list("document_key", flat=True)[:MOST_TOLD]
    span = _Span(zone_of(Company.get().time_zone, ASUNCION), since)
    documents = past_documents(
        rule.source, rule.process, MOST_DOCUMENTS, skip=set(told), is_enough=span.is_left
    )
    dated = [(span.moment(document), document) for document in documents]
    events = [_as_event(rule, document, at) for at, document in dated if at and at >= since]
    return events, len(documents) == MOST_DOCUMENTS


class _Span:
    """The days that are looked at; documents come newest first, though not always by date."""

    def __init__(self, zone: ZoneInfo, since: datetime) -> None:
        self._zone, self._since = zone, since
        self._older = 0

    def moment(self, document: Document) -> datetime | None:
        """Return noon of the document's day."""
        try:
            day = as_date(document.get("date") or "", self._zone.key)
        except NotAValue:
            return None
        return datetime.combine(day, NOON, tzinfo=self._zone)

    def is_left(self, document: Document) -> bool:
        """Whether so many in a row were older that no more of these days will come."""
        at = self.moment(document)
        self._older = self._older + 1 if at is None or at < self._since else 0
        return self._older >= MOST_OLDER


def _as_event(rule: Rule, document: Document, at: datetime) -> Event:
    return Event(
        source=rule.source.slug,
        kind=rule.process,
        document_type=str(document.get("type", "")),
        document_key=str(document.get("key", "")),
        document_label=str(document.get("label", "")),
        occurred_at=at,
        data={"document": document},
    )
