"""What could not be read waits alone: named, tried again with growing pauses, told when mended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Min, Q, QuerySet

from emailketing.common.plain import Entry, Values
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import Connector, ConnectorError, in_language
from emailketing.sources.documents.touched import Touched
from emailketing.sources.in_use import in_use
from emailketing.sources.keys import plain
from emailketing.sources.models import PendingDocument, Source

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ReadAttempt:
    """A document or party just read, or why it could not be."""

    touched: Touched
    at: datetime
    failure: CaptureError | None = None
    waits_for: str = ""  # why the process that needs it is paused
    actor: str = ""
    before: Values = field(default_factory=dict)


def keep_pending(
    source: Source,
    attempts: Sequence[ReadAttempt],
    looked_at_again: Sequence[int],
    *,
    now: datetime,
) -> dict[Touched, Entry]:
    """Keep what has to wait, forget what was read; what still fails keeps its line.

    Returns:
        How those read now were before the changes they waited with.
    """
    names = {attempt.touched.name for attempt in attempts}
    found = source.pending.filter(Q(document_key__in=names) | Q(pk__in=looked_at_again))
    known = {(row.document_type, row.document_key): row for row in found}
    kept = set()
    for attempt in attempts:
        if attempt.failure is None and not attempt.waits_for:
            continue
        touched = attempt.touched
        row = known.get((touched.owner, touched.name)) or PendingDocument(
            source=source, document_type=touched.owner, document_key=touched.name
        )
        _note(row, attempt, now=now, is_retry=row.pk in looked_at_again)
        row.save()
        known[touched.owner, touched.name] = row
        kept.add(row.pk)
    tried = {(attempt.touched.owner, attempt.touched.name) for attempt in attempts}
    done = [
        row.pk
        for name, row in known.items()
        if row.pk not in kept and (name in tried or row.pk in looked_at_again)
    ]
    if done:
        PendingDocument.objects.filter(pk__in=done).delete()
    return {
        attempt.touched: dict(old.before or {})
        for attempt in attempts
        if (old := known.get((attempt.touched.owner, attempt.touched.name))) and old.pk not in kept
    }


def _note(row: PendingDocument, attempt: ReadAttempt, *, now: datetime, is_retry: bool) -> None:
    failure = attempt.failure
    row.reason = (str(failure) if failure else attempt.waits_for)[:500]
    row.file = str(failure.values.get("file") or "")[:200] if failure else ""
    row.said = str(failure.values.get("why") or failure)[:300] if failure else ""
    if not is_retry:
        row.key = plain(attempt.touched.key)
        row.at, row.actor = attempt.at, attempt.actor
        row.before = {**attempt.before, **(row.before or {})}
    if attempt.waits_for or failure is None:  # tried as soon as the process works again
        row.attempts, row.next_at, row.since = 0, None, None
        return
    # a new save may have been an attempt to mend it: then not everything at once, but soon again
    row.attempts = row.attempts + 1 if is_retry else 1
    row.since = row.since or now
    row.next_at = now + pause_after(row.attempts)


def pause_after(attempts: int) -> timedelta:
    times: int = 2 ** min(max(attempts, 1) - 1, 10)
    return min(FIRST_PAUSE * times, LONGEST_PAUSE)


def due(source: Source, connector: Connector, now: datetime | None) -> QuerySet[PendingDocument]:
    """Return what is to be tried now (None: whatever its pause), in order."""
    stuck = {
        process.document_type
        for process in connector.edges.values()
        if process.name in source.paused_processes or process.name not in source.stocked
    }
    found = source.pending.exclude(document_type__in=stuck)
    if now is not None:  # a clock that was put back does not make anything wait for longer
        found = found.exclude(next_at__gt=now, next_at__lte=now + LONGEST_PAUSE)
    return found.order_by("pk")


def try_at_once(source: Source, now: datetime) -> None:
    """Somebody changed a query: whatever could not be read may be readable now."""
    unreadable(source).update(next_at=now)


def next_try(source: Source, now: datetime) -> datetime | None:
    """Return when something is to be tried again, None when nothing waits."""
    soonest: datetime | None = source.pending.aggregate(at=Min("next_at"))["at"]
    return None if soonest is None else min(soonest, now + LONGEST_PAUSE)


def unreadable(source: Source) -> QuerySet[PendingDocument]:
    """Return what could not be read, without what only waits for a paused process."""
    return source.pending.filter(attempts__gt=0).order_by("since", "pk")


def called(row: PendingDocument, connector: Connector | None, language: str) -> str:
    """Name it for people: “Pedido 17”."""
    owner = None
    if connector is not None:
        owner = connector.documents.get(row.document_type) or connector.parties.get(
            row.document_type
        )
    label = in_language(owner.label, language) if owner else row.document_type
    return f"{label} {row.document_key}".strip()


def connector_of(source: Source) -> Connector | None:
    """Return the source's connector, None where it is gone or not well formed."""
    try:
        return in_use(source)
    except ConnectorError:
        return None


def ended(sentence: str) -> str:
    """What a database says ends without a full stop."""
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."
