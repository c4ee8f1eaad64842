"""Reading a connector's folder strictly: what is not understood is refused, with its place."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from emailketing.common import conditions
from emailketing.common.conditions import Condition
from emailketing.content.words import MEANS
from emailketing.sources.capture.base import WatchedTable
from emailketing.sources.connectors import model
from emailketing.sources.connectors.audit import Audit
from emailketing.sources.connectors.audit_words import audit_documents, audit_processes
from emailketing.sources.connectors.followers import with_followers
from emailketing.sources.connectors.model import ConnectorError, Labels, Query
from emailketing.sources.connectors.parse_audit import check_audit, read_audit
from emailketing.sources.connectors.parse_fields import read_field, read_path
from emailketing.sources.connectors.parse_listings import read_listing
from emailketing.sources.connectors.ready_reports import check_reports, ready_report
from emailketing.sources.connectors.ready_rules import check_rules, ready_rule
from emailketing.sources.connectors.section import FILE, Section, closed
from emailketing.sources.connectors.texts import (
    check_starters,
    read_labels,
    read_layouts,
    read_sample,
    read_starters,
)
from emailketing.sources.connectors.words import OURS, check_words, read_words
from emailketing.sources.dialects.registry import dialects

# what a query of a document fills in besides its lists
TAKEN = frozenset({"type", "key", "label", "lines", "party", "taxes", "totals", "declared"})


def parse(folder: Path) -> model.Connector:
    """Read the connector in this folder.

    Raises:
        ConnectorError: one sentence with file, place and what is wrong.
    """
    values = _values(folder, FILE)
    files = _add_others(values, folder)
    top = Section(values, "", folder, files)
    connector = with_followers(_connector(top, folder), top)
    top.done()
    _check_names(connector, top)
    _check_schemas(connector, top)
    for place, owners in (("documents", connector.documents), ("parties", connector.parties)):
        for name, owner in owners.items():
            _check_children(owner, top.at(f"{place}.{name}"))
    check_rules(connector, top)
    check_reports(connector, top)
    check_audit(connector, top)
    check_words(connector, top)
    check_starters(connector, top)
    return connector


def _values(folder: Path, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        message = _("There is no connector in “%(folder)s”: %(file)s is missing.")
        raise ConnectorError(message % {"folder": folder, "file": file}) from error
    except tomllib.TOMLDecodeError as error:
        raise ConnectorError(f"{folder.name}/{file}: {error}") from error


def _add_others(values: dict[str, Any], folder: Path) -> dict[str, str]:
    """Add the named tables of the other .toml files; return which place stands in which file."""
    files: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name == FILE:
            continue
        for word, tables in _values(folder, path.name).items():
            known = values.setdefault(word, {})
            here = Section({}, word, folder, {word: path.name})
            if not isinstance(known, dict) or not isinstance(tables, dict):
                sentence = _("“%(word)s” may stand in %(file)s only.")
                raise here.wrong(sentence % {"word": word, "file": FILE})
            for name, table in tables.items():
                if name in known:
                    raise here.wrong(_("“%(name)s” stands in two files.") % {"name": name})
                known[name] = table
                files[f"{word}.{name}"] = path.name
    return files


def _connector(top: Section, folder: Path) -> model.Connector:
    everywhere = top.texts("ignore")
    default_actor = top.text("actor_column", "")
    documents = {name: closed(s, _document, name) for name, s in top.named("documents")}
    words = {OURS: MEANS, **{name: closed(s, read_words) for name, s in top.named("words")}}
    audit = read_audit(top)
    audit = replace(audit, words=words) if audit else None
    parties = {name: closed(s, _party, name) for name, s in top.named("parties")}
    stated = [
        watch
        for section in top.sections("tables")
        for watch in closed(section, _watches, everywhere, default_actor)
    ]
    return model.Connector(
        name=folder.name,
        title=top.labels("title"),
        version=str(top.take("version", int, 1)),
        folder=folder,
        dialects=_dialects(top),
        description=top.labels("description", optional=True),
        settle=top.take("settle", float, model.SETTLE),
        tables=_with_secrets(_all_tables(stated, documents, parties, everywhere), audit),
        schemas={name: closed(s, _schema) for name, s in top.named("schemas")},
        documents={**(audit_documents(audit) if audit else {}), **documents},
        processes={
            **{name: closed(s, _process, name) for name, s in top.named("processes")},
            **(audit_processes() if audit else {}),
        },
        parties=parties,
        usages={name: closed(s, _label) for name, s in top.named("usages")},
        dates={name: closed(s, _date_kind) for name, s in top.named("dates")},
        traits={name: closed(s, _label) for name, s in top.named("traits")},
        words=words,
        actor=_actor(top),
        listings={name: closed(s, read_listing, name) for name, s in top.named("listings")},
        products=top.query("products"),
        rules={name: closed(s, ready_rule, name) for name, s in top.named("rules")},
        reports={name: closed(s, ready_report, name) for name, s in top.named("reports")},
        audit=audit,
        starters=read_starters(top),
        layouts=read_layouts(top),
        labels=read_labels(top),
    )


def _dialects(top: Section) -> tuple[str, ...]:
    named = top.texts("dialects")
    unknown = [name for name in named if name not in dialects()]
    if unknown or not named:
        raise top.wrong(_("“dialects” may name: %(known)s.") % {"known": ", ".join(dialects())})
    return named


def _schema(section: Section) -> str:
    return section.text("schema")


def _label(section: Section) -> Labels:
    return section.labels("label")


def _date_kind(section: Section) -> model.DateKind:
    return model.DateKind(section.labels("label"), section.take("yearly", bool, True))


def _actor(top: Section) -> model.ActorQuery:
    section = Section(top.take("actor", dict, {}), "actor", top.folder)
    return closed(
        section,
        lambda s: model.ActorQuery(
            s.query("name"), s.query("deleted"), s.text("created_column", "")
        ),
    )


def _watches(
    section: Section, everywhere: tuple[str, ...], default_actor: str
) -> list[WatchedTable]:
    schema = section.text("schema", "")
    names = section.texts("names") or (section.text("table"),)
    ignore = (*everywhere, *section.texts("ignore"))
    actor = section.text("actor", default_actor) or None
    watches = [
        WatchedTable(name, schema=schema) if schema else WatchedTable.named(name) for name in names
    ]
    return [replace(watch, ignore=ignore, actor=actor) for watch in watches]


def _all_tables(
    stated: list[WatchedTable],
    documents: Mapping[str, model.DocumentType],
    parties: Mapping[str, model.PartyType],
    everywhere: tuple[str, ...],
) -> tuple[WatchedTable, ...]:
    """Return the stated tables, and those of documents and parties that were not stated."""
    tables = {watch.label: watch for watch in stated}
    owners: list[model.DocumentType | model.PartyType] = [*documents.values(), *parties.values()]
    for owner in owners:
        for table in (owner.table, *(child.table for child in owner.children)):
            tables.setdefault(table, WatchedTable.named(table, everywhere))
    return tuple(tables.values())


def _with_secrets(
    tables: tuple[WatchedTable, ...], audit: Audit | None
) -> tuple[WatchedTable, ...]:
    if audit is None:
        return tables
    return tuple(replace(watch, secret=audit.table(watch.label).secret) for watch in tables)


def _children(section: Section) -> tuple[model.ChildTable, ...]:
    return tuple(closed(child, _child) for child in section.sections("children"))


def _check_children(owner: model.DocumentType | model.PartyType, place: Section) -> None:
    """Refuse children that lead to less, or more, than the key of what they belong to."""
    for child in owner.children:
        if child.columns and len(child.columns) != len(owner.key):
            message = _(
                "the table “%(table)s” must name as many “columns” as the key has: %(key)s, in "
                "this order."
            )
            raise place.wrong(message % {"table": child.table, "key": ", ".join(owner.key)})


def _child(section: Section) -> model.ChildTable:
    table = section.table()
    word = "columns" if "columns" in section.words() else "column"
    child = model.ChildTable(table, section.key(word, ()), section.query("parents"))
    if not child.columns and child.parents is None:
        raise section.wrong(_("“%(word)s” is missing.") % {"word": "column"})
    return child


def _fields(section: Section) -> tuple[model.Field, ...]:
    return tuple(closed(field, read_field) for field in section.sections("fields"))


def _document(section: Section, name: str) -> model.DocumentType:
    return model.DocumentType(
        type=name,
        label=section.labels("label"),
        table=section.table(),
        key=section.key("key", ("id",)),
        text=section.labels("text"),
        header=section.needed_query("header"),
        lines=section.query("lines"),
        taxes=section.query("taxes"),
        party=section.text("party", ""),
        fields=_fields(section),
        children=_children(section),
        lists=_lists(section),
        names={str(k): str(v) for k, v in section.take("names", dict, {}).items()},
        layout=section.layout("layout"),
        sample=read_sample(section),
        settle=None if (seconds := section.take("settle", float, -1.0)) < 0 else seconds,
    )


def _lists(section: Section) -> dict[str, Query]:
    lists = section.queries("lists")
    for name in sorted(TAKEN & lists.keys()):
        message = _("a list may not be called “%(name)s”: every document has that already.")
        raise section.wrong(message % {"name": name})
    return lists


def _process(section: Section, name: str) -> model.Process:
    # what follows and compares nothing is the end of the other, unless it says that it is not
    ends = "follows" in section.words() and "changed" not in section.words()
    return model.Process(
        name=name,
        label=section.labels("label"),
        document_type=section.text("document"),
        becomes=section.condition("becomes"),
        sendable=section.condition("sendable"),
        past=section.query("past"),
        follows=section.text("follows", ""),
        # what follows and compares nothing is its end, unless it says otherwise
        ends=section.take("ends", bool, ends),
        changed=tuple(closed(compared, _compared) for compared in section.sections("changed")),
    )


def _compared(section: Section) -> model.Compared:
    return model.Compared(read_path(section), section.labels("label"))


def _party(section: Section, kind: str) -> model.PartyType:
    return model.PartyType(
        kind=kind,
        label=section.labels("label"),
        table=section.table(),
        key=section.key("key", ("id",)),
        contact=section.needed_query("contact"),
        addresses=section.query("addresses"),
        dates=section.query("dates"),
        children=_children(section),
    )


def _check_schemas(connector: model.Connector, top: Section) -> None:
    """Refuse one table under two names: its changes would have two."""
    for dialect in connector.dialects:
        labels = [watch.label for watch in connector.watches(dialect)]
        for label in labels:
            if labels.count(label) > 1:
                raise top.wrong(_("the table “%(table)s” stands twice.") % {"table": label})


def check_currencies(tree: Condition, document: model.DocumentType, place: Section) -> None:
    """Refuse an amount of no currency: an order in dollars is not compared with guaraníes."""
    if path := conditions.without_currency(tree, document.field_types()):
        sentence = _("“%(field)s” is an amount: say of which currency, currency = “PYG”.")
        raise place.wrong(sentence % {"field": path})


def _check_names(connector: model.Connector, top: Section) -> None:
    """Refuse what names a document, party or field that is not there."""
    for document in connector.documents.values():
        if document.party and document.party not in connector.parties:
            raise top.wrong(_("there is no [parties.%(name)s].") % {"name": document.party})
    for process in connector.processes.values():
        if process.document_type not in connector.documents:
            raise top.wrong(
                _("there is no [documents.%(name)s].") % {"name": process.document_type}
            )
        known = connector.documents[process.document_type].known_paths()
        for tree in (process.becomes, process.sendable):
            for path in conditions.paths(tree):
                if path not in known:
                    message = _(
                        "process %(process)s asks for the field “%(field)s”, which its "
                        "document does not list."
                    )
                    raise top.wrong(message % {"process": process.name, "field": path})
            check_currencies(tree, connector.documents[process.document_type], top)
