"""Read what is new, changed or older than the search into the table of words: a step of the worker.

Rows are queued first and read here afterwards, half a second at a time: never while
somebody waits for a message to be written.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from time import monotonic

from django.db import connection, transaction
from django.db.models import Exists, ExpressionWrapper, Max, OuterRef
from django.db.models.fields import BigIntegerField

from emailketing.search.models import Changed, Entry, Kind, Mark
from emailketing.search.rows import rows_of, texts_of
from emailketing.search.tables import mend

BUDGET = 0.5  # seconds of a turn, after which it rests for ten
BLOCK = 500  # rows in one transaction
LEDGERS = (Kind.MESSAGE, Kind.EVENT)  # rows that are added and then stay
SWEEP = timedelta(minutes=1)
SETTLED = timedelta(minutes=10)  # no transaction of ours takes so long


def index_due(now: datetime) -> int:
    """Read some rows. It counts as nothing: no other step has to do with it, and it may rest."""
    mend(connection)
    ends = monotonic() + BUDGET
    while any([read_changed(), *(read_ledger(kind, now) for kind in LEDGERS)]):
        if monotonic() > ends:
            break
    return 0


def read_ledger(kind: Kind, now: datetime) -> int:
    """Read a block: what is new first, then what was there before, newest first."""
    if not _is_due(kind, now):
        return 0
    with transaction.atomic():
        mark = _mark(kind, now)
        if mark is None:
            return 0
        rows = rows_of(kind)
        new = rows.filter(pk__gt=mark.newest).order_by("pk").values_list("pk", flat=True)
        numbers = list(new[:BLOCK])
        if numbers:
            mark.newest = numbers[-1]
        elif mark.oldest:
            older = rows.filter(pk__lte=mark.oldest).order_by("-pk").values_list("pk", flat=True)
            numbers = list(older[:BLOCK])
            mark.oldest = numbers[-1] - 1 if numbers else 0
        late = _late(kind, mark, now)
        _write(kind, [*numbers, *late])
        mark.save()
    return len(numbers) + len(late)


def read_changed() -> int:
    """Read the contacts that somebody changed; what is changed meanwhile is noted once more."""
    if not Changed.objects.exists():
        return 0
    with transaction.atomic():
        noted = list(Changed.objects.order_by("pk").values_list("pk", "contact")[:BLOCK])
        if noted:
            _write(Kind.CONTACT, {contact for _pk, contact in noted})
            Changed.objects.filter(pk__in=[pk for pk, _contact in noted]).delete()
    return len(noted)


def _is_due(kind: Kind, now: datetime) -> bool:
    """Whether there is anything to read: at rest nothing is written."""
    mark = Mark.objects.filter(kind=kind).first()
    if mark is None or mark.oldest or _is_sweep_due(mark, now):
        return True
    return bool(rows_of(kind).filter(pk__gt=mark.newest).exists())


def _is_sweep_due(mark: Mark, now: datetime) -> bool:
    return mark.settled < mark.newest and abs(now - mark.swept_at) >= SWEEP


def _mark(kind: Kind, now: datetime) -> Mark | None:
    """Return the mark, kept for us; None while another worker has it."""
    last = 0
    if not Mark.objects.filter(kind=kind).exists():
        last = rows_of(kind).aggregate(last=Max("pk"))["last"] or 0
    read = {"newest": last, "oldest": last, "settled": max(last - BLOCK, 0), "waiting": last}
    started = {"waiting_since": now, "swept_at": now}
    Mark.objects.get_or_create(kind=kind, defaults={**read, **started})
    can_skip = connection.features.has_select_for_update_skip_locked
    return Mark.objects.select_for_update(skip_locked=can_skip).filter(kind=kind).first()


def _late(kind: Kind, mark: Mark, now: datetime) -> list[int]:
    """Return rows whose transaction ended after higher numbers had been read; looked for rarely."""
    if not _is_sweep_due(mark, now):
        return []
    mark.swept_at = now
    entry = ExpressionWrapper(OuterRef("pk") + kind.first, output_field=BigIntegerField())
    span = rows_of(kind).filter(pk__gt=max(mark.settled, mark.oldest), pk__lte=mark.newest)
    missing = span.exclude(Exists(Entry.objects.filter(pk=entry)))
    found = list(missing.order_by("pk").values_list("pk", flat=True)[:BLOCK])
    if not found and abs(now - mark.waiting_since) >= SETTLED:
        mark.settled, mark.waiting, mark.waiting_since = mark.waiting, mark.newest, now
    return found


def _write(kind: Kind, numbers: Iterable[int]) -> None:
    wanted = set(numbers)
    if not wanted:
        return
    texts = texts_of(kind, wanted)
    Entry.objects.filter(pk__in=[kind.first + number for number in wanted]).delete()
    Entry.objects.bulk_create(
        Entry(pk=kind.first + number, text=text) for number, text in sorted(texts.items())
    )
