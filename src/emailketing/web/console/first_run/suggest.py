"""Ready-made rules for the processes of the attached systems."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from emailketing.channels.models import Channel
from emailketing.content.models import Template
from emailketing.sources.connectors import Connector, Process
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from emailketing.web.console.connector_words import connector_of, is_for, said

# which address of a party fits which document, in the words connectors use
FITTING = {
    "purchase-order": ("orders", "pedidos", "purchase", "compras"),
    "quotation": ("sales", "ventas", "quotations", "presupuestos"),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One rule that could be made by ticking it."""

    key: str
    process: str
    party: str
    template: Template
    rule: Rule
    is_made: bool


def suggestions() -> list[Suggestion]:
    """The first process of each kind of document that fits; the rules are unsaved.

    All others are one click each under “Ready-made”, with the people and texts they need.
    """
    templates = list(Template.objects.filter(channel=Channel.EMAIL).order_by("pk"))
    connectors = [
        (source, connector)
        for source in Source.objects.exclude(installed_at=None)
        if (connector := connector_of(source))
    ]
    return [
        made
        for source, connector in connectors
        for process in _first_of_each(connector)
        if (made := _suggest(source, connector, process, templates))
    ]


def _first_of_each(connector: Connector) -> list[Process]:
    """A changed or cancelled order needs words of its own."""
    found: dict[str, Process] = {}
    for process in connector.processes.values():
        document = connector.documents.get(process.document_type)
        if document is not None and document.layout in FITTING:
            found.setdefault(process.document_type, process)
    return list(found.values())


def _suggest(
    source: Source, connector: Connector, process: Process, templates: list[Template]
) -> Suggestion | None:
    document = connector.documents[process.document_type]
    template = next((t for t in templates if is_for(t, document) and t.revisions.exists()), None)
    if template is None:
        return None
    party = connector.parties.get(document.party)
    label = said(process.label, process.name)
    usage = next((u for u in FITTING.get(document.layout, ()) if u in connector.usages), "")
    return Suggestion(
        key=f"{source.pk}:{process.name}",
        process=label,
        party=said(party.label, document.party) if party else _("customer or supplier"),
        template=template,
        rule=Rule(
            name=label,
            source=source,
            process=process.name,
            template=template,
            recipients=[{"kind": "party", "usage": usage}],
            is_active=True,
            ready_made=_ready(connector, process),
        ),
        is_made=Rule.objects.filter(source=source, process=process.name).exists(),
    )


def _ready(connector: Connector, process: Process) -> str:
    """Name the proposed rule this one is, so that the pack does not make it a second time."""
    ready = (rule.name for rule in connector.rules.values() if rule.process == process.name)
    return next(ready, "")
