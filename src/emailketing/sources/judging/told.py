"""What was told of documents, against how they are in the business database now."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from emailketing.common.document import document_in
from emailketing.common.plain import Entry, Values
from emailketing.company.models import Company
from emailketing.events.models import Event
from emailketing.sources.connectors import DocumentType
from emailketing.sources.documents.read_document import all_keys
from emailketing.sources.documents.read_fresh import read_documents
from emailketing.sources.documents.touched import Touched
from emailketing.sources.judging.follow import as_read
from emailketing.sources.judging.waiting import made_now, touched_now
from emailketing.sources.models import DocumentState
from emailketing.sources.visit import Visit

NEWEST = 500  # events looked at of each kind of document
MOST_NAMED = 10


@dataclass(slots=True)
class ToldCount:
    """How many documents that were told are as they were told, differ, are gone, are others now."""

    same: int = 0
    differ: int = 0
    gone: int = 0
    replaced: int = 0  # their number was given to a new document, whose notes wait
    new: int = 0  # documents begun since, replaced ones included
    names: list[str] = field(default_factory=list)  # of those gone or replaced

    @property
    def tells_of_a_restore(self) -> bool:
        return bool(self.gone or self.replaced)

    def facts(self) -> Entry:
        return asdict(self)


def what_was_told(visit: Visit) -> ToldCount:
    """Compare the newest documents that were told with what stands there now."""
    papers = visit.connector.papers
    there = {name: _there(visit, name, document) for name, document in papers.items()}
    # read afterwards: what goes while the keys are read has left a note by now
    made, touched = made_now(visit), touched_now(visit)
    told = ToldCount(new=sum(one.owner in papers for one in made))
    for name, keys in there.items():
        _compare(visit, told, _events(visit, name), (keys, made, touched))
    return told


def _there(visit: Visit, name: str, document: DocumentType) -> dict[str, Touched]:
    keys = all_keys(visit.connection, visit.connector, document)
    return {one.name: one for one in (Touched.of(name, key) for key in keys)}


def _events(visit: Visit, document_type: str) -> dict[str, Event]:
    """Return the last event of each document that is still so, as far as we know."""
    processes = [p.name for p in visit.connector.edges.values() if not p.changed]
    events = Event.objects.filter(
        source=visit.source.slug, document_type=document_type, kind__in=processes
    )
    newest: dict[str, Event] = {}
    for event in events.order_by("-pk")[:NEWEST]:
        newest.setdefault(event.document_key, event)
    known = DocumentState.objects.filter(
        source=visit.source, process__in=processes, document_key__in=list(newest), is_true=True
    ).values_list("process", "document_key")
    pairs = set(known)
    return {key: event for key, event in newest.items() if (event.kind, key) in pairs}


def _compare(
    visit: Visit,
    told: ToldCount,
    events: Mapping[str, Event],
    known: tuple[Mapping[str, Touched], frozenset[Touched], frozenset[Touched]],
) -> None:
    there, made, touched = known
    begun, waits = {one.name for one in made}, {one.name for one in touched}
    wanted = [there[key] for key in events if key in there and key not in waits]
    found, _failed = read_documents(
        visit.connection, visit.connector, wanted, language=Company.get().language
    )
    for key, event in events.items():
        if key in there and there[key] in made and key in begun:
            told.replaced += 1
        elif key in there and key in waits:
            continue  # changed since, and noted
        elif key in there:
            now = found.get(there[key])
            is_same = now is not None and as_read(now) == as_read(document_in(event.data))
            told.same, told.differ = told.same + is_same, told.differ + (not is_same)
            continue
        elif key in waits:
            continue  # deleted since, and noted
        else:
            told.gone += 1
        if len(told.names) < MOST_NAMED:
            told.names.append(event.document_label or key)


def overlaid(document: Values, before: Values) -> Entry:
    """Return the document with some values as they were."""
    found = dict(document)
    for name, value in before.items():
        there = found.get(name)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            value = overlaid(there, value)
        found[name] = value
    return found
