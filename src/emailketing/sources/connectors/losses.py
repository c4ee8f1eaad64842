"""What a changed connector would no longer give: compared with the one in use beforehand."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from emailketing.common.language import active_language
from emailketing.sources.connectors.model import (
    Connector,
    DocumentType,
    Labels,
    Process,
    in_language,
)


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that is gone or is another by now; `kind` and `name` say what uses it.

    `kind`: process, condition, document, field, party, usage, date, trait, table, query or folder.
    """

    kind: str
    name: str
    sentence: str
    document: str = ""

    def stored(self) -> dict[str, str]:
        return asdict(self)


def losses(old: Connector, new: Connector) -> Iterator[Loss]:
    """Yield what is lost; what is new, or only called otherwise, harms nobody."""
    for name, process in old.processes.items():
        yield from _of_process(process, new.processes.get(name))
    for name, document in old.documents.items():
        yield from _of_document(document, new.documents.get(name))
    yield from _of_parties(old, new)
    yield from _of_people(old, new)
    yield from _of_tables(old, new)


def _of_parties(old: Connector, new: Connector) -> Iterator[Loss]:
    for kind, party in old.parties.items():
        found = new.parties.get(kind)
        if found is None or (found.table, found.key) != (party.table, party.key):
            sentence = _("“%s” are no longer read as before") % _said(party.label, kind)
            yield Loss("party", kind, sentence)


def _of_people(old: Connector, new: Connector) -> Iterator[Loss]:
    for name in old.usages.keys() - new.usages.keys():
        label = _said(old.usages[name], name)
        yield Loss("usage", name, _("the usage “%s” is gone") % label)
    for name in old.dates.keys() - new.dates.keys():
        label = _said(old.dates[name].label, name)
        yield Loss("date", name, _("the date “%s” is gone") % label)
    for name in old.traits.keys() - new.traits.keys():
        label = _said(old.traits[name], name)
        yield Loss("trait", name, _("the trait “%s” is gone") % label)


def _of_tables(old: Connector, new: Connector) -> Iterator[Loss]:
    watched = {watch.table: watch for watch in new.tables}
    for watch in old.tables:
        table = watch.table
        if table not in watched:
            yield Loss("table", table, _("the table “%s” is no longer watched") % table)
        elif watch.actor and watched[table].actor != watch.actor:
            sentence = _("who changes “%s” is read from another column, or from none")
            yield Loss("table", table, sentence % table)


def judged_otherwise(old: Connector, new: Connector) -> list[str]:
    """Return the processes whose past means another thing now."""
    return [
        name
        for name, process in old.processes.items()
        if name not in new.processes or _judged(process) != _judged(new.processes[name])
    ]


def _judged(process: Process) -> tuple[object, ...]:
    return (
        *(process.document_type, process.becomes, process.sendable),
        *(process.follows, process.ends, bool(process.changed)),
    )


def _of_process(old: Process, new: Process | None) -> Iterator[Loss]:
    label = _said(old.label, old.name)
    if new is None:
        yield Loss("process", old.name, _("the process “%s” is gone") % label, old.document_type)
    elif _judged(old) != _judged(new):
        sentence = _("“%s” happens under another condition: its past will be noted anew") % label
        yield Loss("condition", old.name, sentence, old.document_type)


def _of_document(old: DocumentType, new: DocumentType | None) -> Iterator[Loss]:
    label = _said(old.label, old.type)
    if new is None:
        yield Loss("document", old.type, _("the document “%s” is gone") % label, old.type)
        return
    if (old.table, old.key) != (new.table, new.key):
        sentence = _("“%s” are read from another table or by another key")
        yield Loss("document", old.type, sentence % label, old.type)
    types = new.field_types()
    for field in old.fields:
        words = {"document": label, "field": _said(field.label, field.path), "path": field.path}
        if field.path not in types:
            sentence = _("%(document)s: the field “%(field)s” (%(path)s) is gone")
            yield Loss("field", field.path, sentence % words, old.type)
        elif types[field.path] != field.type:
            sentence = _("%(document)s: the field “%(field)s” (%(path)s) is of another kind")
            yield Loss("field", field.path, sentence % words, old.type)


def _said(label: Labels, otherwise: str) -> str:
    return in_language(label, active_language()) or otherwise
