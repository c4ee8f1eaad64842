"""`emailketing rule list`: all rules, and what is wrong with each."""

import typer
from django.utils.translation import gettext as _

from emailketing.cli.show import clock, table
from emailketing.triggers.notifications.keys import with_needed
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.save import problem_of
from emailketing.triggers.notifications.rules.twins import twin_sentence, twins_among


def register(app: typer.Typer) -> None:
    app.command("list")(list_rules)


def list_rules() -> None:
    """List all rules."""
    rules = list(with_needed(Rule.objects.all()))
    twins = twins_among(rules)
    table(
        (_("No."), _("Name"), _("Source"), _("Process"), _("How"), _("Active"), _("Problem")),
        [
            (
                r.pk,
                r.name,
                r.source.name,
                r.process,
                r.get_delivery_display(),
                "✓" if r.is_active else "",
                " ".join(
                    filter(None, (problem_of(r, now=clock()), twin_sentence(twins.get(r.pk))))
                ),
            )
            for r in rules
        ],
    )
