"""`emailketing source tables` and `decide`: of which tables messages tell."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import clock, local, refuse, table, who
from emailketing.cli.source_parts import Slug, source_named
from emailketing.sources.audit.choices import (
    DECISIONS,
    TableStanding,
    UnknownDecision,
    UnknownTable,
    standings,
)
from emailketing.sources.audit.choices import decide as decide_table
from emailketing.sources.audit.search import audit_of

Table = Annotated[str, typer.Argument(help=str(gettext_lazy("Table, as the database calls it")))]
Decision = Annotated[str, typer.Argument(help=", ".join(DECISIONS))]
Column = Annotated[
    str, typer.Option(help=str(gettext_lazy("Only this column: its change alone is not told")))
]


def register(app: typer.Typer) -> None:
    app.command("tables")(tables)
    app.command("decide")(decide)


def tables(slug: Slug) -> None:
    """List the watched tables: changes of 30 days, and whether messages tell of them."""
    source = source_named(slug)
    found = standings(source, audit_of(source), now=clock())
    table(
        (_("Table"), _("Changes"), _("Deleted"), _("Last change"), _("Messages")),
        [(r.table, r.changes, r.deleted, local(r.last) or "—", _standing(r)) for r in found],
    )


def _standing(row: TableStanding) -> str:
    if row.choice:
        word = _("told") if row.is_told else _("left out")
        return f"{word} ({row.choice.by}, {local(row.choice.at)})"
    return _("told, as the connector says") if row.is_described else _("nobody has decided")


def decide(slug: Slug, name: Table, decision: Decision, column: Column = "") -> None:
    """Tell of a table, leave it out, or leave it to the connector again."""
    try:
        decide_table(source_named(slug), name, decision, by=who(), now=clock(), column=column)
    except (UnknownDecision, UnknownTable) as error:
        refuse(error)
    what = f"{name}.{column}" if column else name
    typer.echo(f"{what}: {decision}")
