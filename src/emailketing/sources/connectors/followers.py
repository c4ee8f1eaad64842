"""Processes that follow another one: checked, and given what the other one says."""

from dataclasses import replace

from django.utils.translation import gettext as _

from emailketing.sources.connectors.model import Connector, DocumentType, Process
from emailketing.sources.connectors.section import Section


def with_followers(connector: Connector, top: Section) -> Connector:
    """Return the connector with every follower completed.

    Raises:
        ConnectorError: it follows nothing, or compares what the document does not list.
    """
    processes = {
        name: _completed(process, connector, top.at(f"processes.{name}"))
        for name, process in connector.processes.items()
    }
    return replace(connector, processes=processes)


def _completed(process: Process, connector: Connector, place: Section) -> Process:
    if not process.follows:
        if process.changed or process.ends:
            raise place.wrong(_("“%(word)s” is missing.") % {"word": "follows"})
        return process
    leader = connector.processes.get(process.follows)
    if leader is None or leader.follows or leader.document_type != process.document_type:
        message = _("“%(name)s” is no process of the same document that it could follow.")
        raise place.wrong(message % {"name": process.follows})
    if process.changed and process.ends:
        message = _("what is compared (%(word)s) does not end the other process.")
        raise place.wrong(message % {"word": "changed"})
    document = connector.documents.get(process.document_type)
    if document is None:  # said elsewhere
        return process
    if not process.changed:
        return process
    return replace(
        process,
        # a changed order still is a confirmed one
        becomes=process.becomes or leader.becomes,
        sendable=process.sendable or leader.sendable,
        changed=tuple(
            replace(compared, list=_list_of(compared.path, document, place))
            for compared in process.changed
        ),
    )


def _list_of(path: str, document: DocumentType, place: Section) -> str:
    if path not in document.field_types():
        message = _("asks for the field “%(field)s”, which its document does not list.")
        raise place.wrong(message % {"field": path})
    first = path.partition(".")[0]
    return first if first in {"lines", *document.lists} else ""
