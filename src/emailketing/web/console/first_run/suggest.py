"""Ready-made rules for the processes of the attached systems."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

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
    """One for each process there is a template for; the rules are unsaved."""
    templates = list(Template.objects.order_by("pk"))
    connectors = [
        (source, connector)
        for source in Source.objects.exclude(installed_at=None)
        if (connector := connector_of(source))
    ]
    return [
        made
        for source, connector in connectors
        for process in connector.processes.values()
        if (made := _suggest(source, connector, process, templates))
    ]


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
        ),
        is_made=Rule.objects.filter(source=source, process=process.name).exists(),
    )
