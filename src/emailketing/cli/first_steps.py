"""`emailketing first-steps`: what the front page lists until messages reach people."""

import typer
from django.utils.translation import gettext as _

from emailketing.cli.show import table
from emailketing.company.models import Company
from emailketing.web.console.dashboard.checklist import what_is_left


def register(app: typer.Typer) -> None:
    app.command("first-steps")(list_them)


def list_them() -> None:
    left = what_is_left()
    if not left:
        typer.echo(_("Nothing: messages reach their recipients."))
        return
    console = Company.get().base_url.rstrip("/")
    rows = [
        ("✓" if item.is_done else "", item.title, item.text, f"{console}{item.url}")
        for item in left
    ]
    table((_("done"), _("what"), _("why"), _("where")), rows)
    raise typer.Exit(1)
