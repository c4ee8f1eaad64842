"""`[audit]`: how changes are told, read as strictly as all the rest."""

from django.utils.translation import gettext as _

from emailketing.sources.connectors import model
from emailketing.sources.connectors.audit import (
    CHANGED,
    COLUMN_TYPES,
    DELETED,
    DOCUMENT_TYPE,
    PLACE,
    Audit,
    AuditColumn,
    AuditTable,
    Labels,
    Lookup,
    Parent,
)
from emailketing.sources.connectors.section import Section, closed


def read_audit(top: Section) -> Audit | None:
    """Read [audit]; None when the connector has none."""
    return next((closed(section, _audit) for section in top.optional("audit")), None)


def _audit(section: Section) -> Audit:
    return Audit(
        tables={
            name: closed(table, _table, name)
            for name, table in section.named("tables", any_name=True)
        },
        columns=_columns(section),
        sets=dict(closed(inner, _set) for inner in section.sections("sets")),
    )


def _set(section: Section) -> tuple[frozenset[str], Labels]:
    """Read what some tables together are called: “master data”."""
    return frozenset(section.texts("tables")), section.labels("label")


def _columns(section: Section) -> dict[str, AuditColumn]:
    return {
        name: closed(column, _column) for name, column in section.named("columns", any_name=True)
    }


def _table(section: Section, name: str) -> AuditTable:
    return AuditTable(
        table=name,
        label=section.labels("label"),
        record=section.text("record", ""),
        currency=section.text("currency", ""),
        parent=_parent(section),
        columns=_columns(section),
        secret=section.texts("secret"),
        ignore=section.texts("ignore"),
        inserts=section.take("inserts", bool, False),
        updates=section.take("updates", bool, True),
    )


def _parent(section: Section) -> Parent | None:
    return next((closed(inner, _one_parent) for inner in section.optional("parent")), None)


def _one_parent(section: Section) -> Parent:
    word = "columns" if "columns" in section.words() else "column"
    columns = section.key(word, ())
    parent = Parent(
        table=section.text("table"),
        columns=columns,
        key=section.key("key", columns if len(columns) > 1 else ("id",)),
        together=section.take("together", bool, False),
    )
    if not parent.columns:
        raise section.wrong(_("“%(word)s” is missing.") % {"word": "column"})
    _as_many(section, parent.table, parent.columns, parent.key)
    return parent


def _as_many(section: Section, table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> None:
    if len(columns) != len(key):
        message = _(
            "the table “%(table)s” must name as many “columns” as the key has: %(key)s, in "
            "this order."
        )
        raise section.wrong(message % {"table": table, "key": ", ".join(key)})


def _column(section: Section) -> AuditColumn:
    column = AuditColumn(
        label=section.labels("label", optional=True),
        type=section.text("type", ""),
        choices=section.choices(),
        lookup=next((closed(inner, _lookup) for inner in section.optional("lookup")), None),
        words=section.text("words", ""),
    )
    if column.type and column.type not in COLUMN_TYPES:
        message = _("the type “%(type)s” is not known; there are %(known)s.")
        raise section.wrong(message % {"type": column.type, "known": ", ".join(COLUMN_TYPES)})
    return column


def _lookup(section: Section) -> Lookup:
    lookup = Lookup(
        section.text("table"),
        section.text("text"),
        section.key("key", ()) if "key" in section.words() else (),
        section.key("columns", ()),
    )
    if lookup.key:
        _as_many(section, lookup.table, lookup.columns or ("",), lookup.key)
    return lookup


def check_audit(connector: model.Connector, top: Section) -> None:
    """Refuse an audit of tables nobody watches, and names it keeps for itself."""
    if connector.audit is None:
        return
    for name in {CHANGED, DELETED, DOCUMENT_TYPE} & {*connector.edges, *connector.papers}:
        raise top.wrong(_("the name “%(name)s” belongs to the audit.") % {"name": name})
    watched = {watch.label for watch in connector.tables}
    _check_sets(connector.audit, top)
    for table in connector.audit.tables.values():
        named = [table.table, *([table.parent.table] if table.parent else [])]
        for name in named:
            if name not in watched:
                sentence = _("the table “%(table)s” is not among the watched tables.")
                raise top.at(f"audit.tables.{table.table}").wrong(sentence % {"table": name})
        for column in PLACE.findall(table.record):
            if table.hides(column):
                sentence = _("“record” shows the secret column “%(column)s”.")
                raise top.at(f"audit.tables.{table.table}").wrong(sentence % {"column": column})


def _check_sets(audit: Audit, top: Section) -> None:
    named: set[str] = set().union(*audit.sets)
    for name in sorted(named - set(audit.tables)):
        raise top.at("audit.sets").wrong(_("there is no [audit.tables.%(name)s].") % {"name": name})
