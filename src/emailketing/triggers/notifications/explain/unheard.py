"""A document was saved and nothing has happened with it: what it still lacks."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from emailketing.common.document import Document, as_json
from emailketing.common.language import active_language
from emailketing.company.models import Company
from emailketing.outbox.afterwards.finding import Finding, PageReference
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import Connector, ConnectorError, Process, in_language
from emailketing.sources.fields import fields_of_document
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source
from emailketing.triggers.notifications.conditions import ConditionInvalid, Facts, FieldInfo
from emailketing.triggers.notifications.explain.lacking import lacking
from emailketing.triggers.notifications.explain.papers import Paper

UNHEARD = 35  # rank


def unheard(paper: Paper) -> Iterator[Finding]:
    """Say for each process of such documents what this one lacks today."""
    from emailketing.sources.reading.sample import one_document  # only here the source is read

    source = Source.objects.filter(slug=paper.source).first()
    if source is None:
        return
    place = PageReference("source", _("See the source"), (source.pk,))
    try:
        connector = in_use(source)
        document = one_document(source, paper.document_type, paper.key)
    except (CaptureError, ConnectorError) as error:
        what = _("The document cannot be read in the business system now: %(why)s")
        yield Finding(what % {"why": error}, "", place, "bad", UNHEARD)
        return
    if document is None:
        yield Finding(_("The document is no longer there in the business system."), "", place)
        return
    for process in connector.in_order():
        if process.document_type == paper.document_type and not process.follows:
            yield _not_yet(source, connector, process, document)


def _not_yet(source: Source, connector: Connector, process: Process, document: Document) -> Finding:
    place = PageReference("source", _("See the source"), (source.pk,))
    described = connector.documents[process.document_type]
    fields = fields_of_document(described) | {"lines": FieldInfo("lines", _("Lines"))}
    lacks = _lacks(process, document, fields)
    words = {
        "process": in_language(process.label, active_language()) or process.name,
        "lacking": "; ".join(lacks),
    }
    if process.name in source.paused_processes:
        what = _("“%(process)s” is not looked at now: a query of it does not work.")
        return Finding(what % words, _("See the source."), place, "bad", UNHEARD)
    if lacks:
        what = _("“%(process)s” has not happened with it.")
        needed = _("It happens when: %(lacking)s.")
        return Finding(what % words, needed % words, None, "warn", UNHEARD)
    what = _("“%(process)s” was so already when the source was connected, or is being read now.")
    needed = _("What was so before is never told; try the rule with it and send it by hand.")
    return Finding(what % words, needed, place, "warn", UNHEARD)


def _lacks(process: Process, document: Document, fields: dict[str, FieldInfo]) -> list[str]:
    facts = Facts(as_json(document), {}, fields, Company.get().currency)
    found: list[str] = []
    for tree in (process.becomes, process.sendable):
        try:
            found += lacking(tree, facts)
        except ConditionInvalid as error:
            found.append(str(error))
    return found
