"""What may be put into a text by clicking: blocks, and the values of this kind of document."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from emailketing.content.card.card import DESIGNS
from emailketing.content.models import Template
from emailketing.content.samples import sample_document
from emailketing.sources.connectors import DocumentType
from emailketing.sources.connectors.model import NUMBERS
from emailketing.sources.declared import document_types
from emailketing.triggers.notifications.rules.fitting import is_for
from emailketing.web.console.shown.connector_words import said
from emailketing.web.console.shown.words import tax_word

GREETING = "greeting"  # of texts for a day of somebody's
REPORT = "report"  # the kind of document of a report's templates
MOST_AMOUNTS = 2  # columns that fit a phone
FILTERS = {
    "money": "|money(document.currency)",
    "number": "|number",
    "quantity": "|quantity",
    "date": "|date",
    "datetime": "|datetime",
}


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    text: str


def blocks(template: Template) -> list[Chip]:
    usual = [
        Chip(_("Button"), _("[[button: See our web site | https://www.example.com]]")),
        Chip(_("Signature"), "[[signature]]"),
    ]
    if template.document_type == REPORT:
        return [Chip(_("Figures, chart and table"), "[[report]]"), *usual]
    cards = [
        Chip(f"{_('Card')}: {name}", f"[[card: {design} | {words}]]")
        for design, (name, words) in DESIGNS.items()
    ]
    if template.document_type == GREETING:
        return [*cards, *usual]
    return [
        Chip(_("Summary (number, date, total)"), "[[summary]]"),
        Chip(_("Lines"), "[[lines]]"),
        *_tables(kind_of(template)),
        Chip(_("Totals with taxes"), "[[totals]]"),
        *usual,
        cards[-1],
    ]


def _tables(known: DocumentType | None) -> list[Chip]:
    """Offer each list of the document as a table: what it is, then up to two amounts."""
    return [_table(known, name) for name in known.lists] if known else []


def _table(known: DocumentType, name: str) -> Chip:
    columns = [field for field in known.fields if field.path.startswith(f"{name}.")]
    words = [field for field in columns if field.type not in NUMBERS][:1]
    amounts = [field for field in columns if field.type in NUMBERS][:MOST_AMOUNTS]
    shown = [
        f"{said(field.label, field.path)}: {field.path.removeprefix(f'{name}.')}"
        for field in [*words, *amounts]
    ]
    return Chip(_("Table: %(list)s") % {"list": name}, f"[[table: {' | '.join([name, *shown])}]]")


def kind_of(template: Template) -> DocumentType | None:
    """Return what a source or a shipped connector says of the template's kind of document."""
    return next((d for d in document_types().values() if is_for(template, d)), None)


def kind_words(template: Template) -> str:
    """Say what the template is for: a kind of document, or one of our own mails; "" for all."""
    known = kind_of(template)
    own = {"alert": _("Alert"), "morning_list": _("Morning list"), "report": _("Report")}
    own[GREETING] = _("Greeting")
    name = template.document_type
    return said(known.label if known else None, own.get(name, name))


def variables(template: Template) -> list[tuple[str, list[Chip]]]:
    """Return (group, chips); the fields are the connector's, else those every document has."""
    known = kind_of(template)
    chips = (
        [
            Chip(said(field.label, field.path), _variable(f"document.{field.path}", field.type))
            for field in known.fields
            if not known.is_in_list(field.path)
        ]
        if known
        else _usual(template.document_type)
    )
    told = (_("Report"), _of_a_report()) if template.document_type == REPORT else None
    if template.document_type == GREETING:
        told = (_("Greeting"), _of_a_greeting())
    return [
        told or (_("Document"), chips),
        (
            _("Recipient"),
            [Chip(_("Name of the recipient"), "{{ recipient.name }}")],
        ),
        (
            _("Company"),
            [
                Chip(_("Name"), "{{ company.name }}"),
                Chip(tax_word(), "{{ company.tax_id }}"),
                Chip(_("Phone"), "{{ company.phone }}"),
                Chip(_("E-mail"), "{{ company.email }}"),
            ],
        ),
        (_("Event"), [Chip(_("Who did it"), "{{ event.actor }}")]),
    ]


def _of_a_report() -> list[Chip]:
    return [
        Chip(_("Title"), "{{ report.title }}"),
        Chip(_("Period"), "{{ report.period }}"),
        Chip(_("Figures in one row"), "{{ report.line }}"),
        Chip(_("Text for the phone"), "{{ report.phone }}"),
    ]


def _of_a_greeting() -> list[Chip]:
    return [
        Chip(_("The day"), _variable("recipient.day", "date")),
        Chip(_("Years"), "{{ recipient.years }}"),
        Chip(_("Whose day it is"), "{{ recipient.of }}"),
    ]


def _variable(path: str, kind: str) -> str:
    return "{{ " + path + FILTERS.get(kind, "") + " }}"


def _usual(document_type: str) -> list[Chip]:
    labels = {
        "number": _("Number"),
        "date": _("Date"),
        "conditions": _("Conditions"),
        "notes": _("Notes"),
    }
    present = sample_document(document_type, "es")
    chips = [
        Chip(label, _variable(f"document.{name}", "date" if name == "date" else "text"))
        for name, label in labels.items()
        if name in present
    ]
    return [
        *chips,
        Chip(_("Customer or supplier"), "{{ document.party.name }}"),
        Chip(_("Total"), _variable("document.totals.total", "money")),
    ]
