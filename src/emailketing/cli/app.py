"""All commands in one tree."""

import inspect
from importlib.metadata import version
from typing import Annotated

import typer
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from emailketing.cli import (
    audit,
    brand,
    company,
    configuration,
    contact,
    manual,
    message,
    rule,
    safe_mode,
    sender,
    source,
    suppression,
    system,
    template,
    user,
    why,
)

app = typer.Typer(
    name="emailketing",
    help=str(_("Writes to the right people when something happens in the business system.")),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,  # its two options speak nothing but English
)


def tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"emailketing {version('emailketing')}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option(
        "--version",
        help=str(_("Show the version and leave")),
        callback=tell_version,
        is_eager=True,
    ),
]


@app.callback()
def options(*, version: Version = False) -> None:
    """What can be said before any command."""


system.register(app)
company.register(app)
manual.register(app)
why.register(app)
app.add_typer(source.app, name="source")
app.add_typer(rule.app, name="rule")
app.add_typer(template.app, name="template")
app.add_typer(brand.app, name="brand")
app.add_typer(contact.app, name="contact")
app.add_typer(suppression.app, name="suppression")
app.add_typer(message.app, name="message")
app.add_typer(sender.app, name="sender")
app.add_typer(user.app, name="user")
app.add_typer(configuration.app, name="configuration")
app.add_typer(safe_mode.app, name="safe-mode")
app.add_typer(audit.app, name="audit")


def translate(tree: typer.Typer) -> None:
    """Show each command's docstring in the language of the command line."""
    for command in tree.registered_commands:
        text = inspect.getdoc(command.callback) if command.callback else None
        command.help = gettext(text) if text else None
    for group in tree.registered_groups:
        if group.typer_instance:
            translate(group.typer_instance)


translate(app)
