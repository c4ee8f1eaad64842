"""Everything the attached systems can tell of, to be ticked: the rules their connectors propose."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from emailketing.accounts.who import Who
from emailketing.common.plain import Values
from emailketing.contacts.models import Role
from emailketing.content.models import Template
from emailketing.sources.connectors import Connector, ReadyRule
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.pack import known, make_pack
from emailketing.triggers.notifications.rules.save import RuleInvalid, switch
from emailketing.web.console.shown.connector_words import connector_of, said

TICKED = ("purchase_order", "quotation")  # what every company writes: ticked from the beginning


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One rule that could be made by ticking it.

    Attributes:
        to: whom it writes to, in words.
        problem: why it cannot be made; nothing where it can.
    """

    key: str
    source: Source
    ready: ReadyRule
    title: str
    process: str
    to: str
    problem: str
    is_made: bool
    is_ticked: bool


def suggestions() -> list[Suggestion]:
    """Every proposed rule of every attached system, those of one document side by side."""
    templates = set(Template.objects.values_list("slug", flat=True))
    people = dict(Role.objects.annotate(n=Count("contacts")).values_list("name", "n"))
    return [
        _suggestion(source, connector, ready, templates, people)
        for source in Source.objects.exclude(installed_at=None)
        if (connector := connector_of(source))
        for ready in _in_order(connector)
    ]


def _in_order(connector: Connector) -> list[ReadyRule]:
    """As the connector lists its documents: an order, its change and its end belong together."""
    documents = list(dict.fromkeys(p.document_type for p in connector.processes.values()))
    processes = list(connector.processes)

    def place(ready: ReadyRule) -> tuple[int, int]:
        document = connector.processes[ready.process].document_type
        return documents.index(document), processes.index(ready.process)

    return sorted(connector.rules.values(), key=place)


def _suggestion(
    source: Source,
    connector: Connector,
    ready: ReadyRule,
    templates: set[str],
    people: Mapping[str, int],
) -> Suggestion:
    problem = source.paused_in_words.get(ready.process, "")
    if ready.template not in templates:
        sentence = _("Its template “%(template)s” does not exist.")
        problem = sentence % {"template": ready.template}
    return Suggestion(
        key=f"{source.pk}:{ready.name}",
        source=source,
        ready=ready,
        title=said(ready.label, ready.name),
        process=said(connector.processes[ready.process].label, ready.process),
        to=", ".join(_readers(connector, ready, people)),
        problem=problem,
        is_made=known(source, ready) is not None,
        is_ticked=ready.name in TICKED,
    )


def _readers(connector: Connector, ready: ReadyRule, people: Mapping[str, int]) -> Iterator[str]:
    """In words, each once; a duty that nobody has says so."""
    yield from dict.fromkeys(_reader(connector, ready, who, people) for who in ready.recipients)


def _reader(connector: Connector, ready: ReadyRule, who: Values, people: Mapping[str, int]) -> str:
    document = connector.documents[connector.processes[ready.process].document_type]
    if who["kind"] == "party":
        party = connector.parties.get(document.party)
        return said(party.label, document.party) if party else _("customer or supplier")
    if who["kind"] == "role":
        words = (
            _("duty %(role)s") if people.get(str(who["name"])) else _("duty %(role)s (nobody yet)")
        )
        return words % {"role": who["name"]}
    if who["kind"] == "field":
        field = document.field_types().get(str(who["path"]))
        return _("the address in the document") if field else str(who["path"])
    return str(who.get("value", ""))


def make_chosen(chosen: list[Suggestion], *, by: Who, now: datetime) -> list[str]:
    """Make these rules and switch them on; return why one could not be switched on.

    Raises:
        ConnectorError: the connector is gone or broken.
        StoreFull: a picture of a template cannot be kept.
        RuleInvalid: a rule cannot be made at all.
    """
    made: list[Rule] = []
    for source in dict.fromkeys(suggestion.source for suggestion in chosen):
        names = {s.ready.name for s in chosen if s.source == source}
        made += make_pack(source, by=by, now=now, only=names)
    return [why for rule in made if (why := _switch_on(rule, by, now))]


def _switch_on(rule: Rule, by: Who, now: datetime) -> str:
    try:
        switch(rule, on=True, by=by, now=now)
    except RuleInvalid as error:
        return _("“%(rule)s” was made and is off: %(why)s") % {"rule": rule.name, "why": error}
    return ""
