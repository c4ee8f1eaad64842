"""What stands behind the first word of `emailketing …`, and what it is for.

Only strings: the list of commands is told, and one command runs, without importing the others.
Which module has a command stands here, once.
"""

import inspect
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module, metadata
from typing import Annotated

import typer
from typer.models import CommandInfo

from emailketing.cli.frames import SpokenCommand, SpokenGroup
from emailketing.common.marked import gettext_noop as _

VERSION = _("Show the version and leave")
ABOUT = _("Writes to the right people when something happens in the business system.")
COMMANDS = {  # by its name: the module that registers it, and what it does
    "serve": ("server", _("Run the console and the worker until stopped.")),
    "worker": (
        "worker",
        _("Run one worker: read the sources, fire the rules, hand over messages."),
    ),
    "migrate": (
        "system",
        _("Bring our own database up to date, with the roles and the ready-made templates."),
    ),
    "events": ("system", _("List the last events and what each caused.")),
    "steps": (
        "system",
        _("Show how each step of the worker is; code 1 when one stands still or nobody sends."),
    ),
    "new-key": (
        "system",
        _("Make a new key when the old one is lost for good; say which passwords to enter again."),
    ),
    "check": (
        "system",
        _("Look whether other users of this computer can read what we keep; code 1 when they can."),
    ),
    "setup": (
        "company",
        _("Say who we are: name, language, country, quiet hours; what is not given stays."),
    ),
    "live": ("company", _("Leave the sandbox: from now on messages reach their real recipients.")),
    "sandbox": ("company", _("Back to the sandbox: everything lands in the built-in inbox.")),
    "stop": (
        "company",
        _("Stop everything: nothing leaves, not even to the built-in inbox; what happens waits."),
    ),
    "go-on": ("company", _("Let it go on: what waits is sent, unless it has expired.")),
    "alerts": (
        "company",
        _("List what does not work now and what to do; ends with code 1 while there is anything."),
    ),
    "first-steps": (
        "first_steps",
        _("List what is left until messages reach people; ends with code 1 while there is any."),
    ),
    "why": ("why", _("Say why somebody did not get something, and what would be needed.")),
    "search": (
        "search",
        _("Find people, documents, messages, rules, templates, settings and help."),
    ),
    "help": ("manual", _("Read a page of the help, or list them all.")),
}
GROUPS = {  # by its name, which is its module's too: what it is about
    "source": _("Sources: the business systems"),
    "listing": _("Listings: questions to a source whose answer is a table"),
    "rule": _("Rules: who hears of what"),
    "report": _("Reports: listings that go out by themselves"),
    "occasion": _("Occasions: greetings on somebody's day"),
    "template": _("Templates: what we write"),
    "brand": _("The brand: logo, colours, foot"),
    "card": _("Cards: pictures with a person's name"),
    "contact": _("Contacts: whom we write to, and what they want"),
    "suppression": _("Do not write: addresses that must not be used"),
    "message": _("Messages: list, look at, decide"),
    "sender": _("Senders: the accounts we send with"),
    "mailbox": _("Mailboxes: where a sender's answers arrive, and what people ask for by mail"),
    "user": _("Users of the console"),
    "configuration": _("The whole configuration as one file, without secrets"),
    "schedule": _("Schedules: when something recurs"),
    "free-day": _("Free days: holidays, and what the company says of them"),
    "public-address": _("The public address: where links in messages are opened"),
    "safe-mode": _("Safe mode: copies and restores"),
    "audit": _("Audit: who changed or deleted what"),
}
# Of a group with much behind it, a command whose module runs without the others'.
ALONE = {
    "listing": {"list": "listing_list"},
    "report": {"list": "report_list", "runs": "report_runs"},
    "rule": {"list": "rule_list"},
    "schedule": {"runs": "schedule_runs"},
    "source": {
        "list": "source_list",
        "connectors": "source_list",
        "dialects": "source_list",
        "gaps": "source_list",
        "tables": "source_tables",
    },
}
Say = Callable[[str], str]


def root(say: Say) -> typer.Typer:
    tree = typer.Typer(
        name="emailketing",
        cls=SpokenGroup,
        help=say(ABOUT),
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,  # its two options speak nothing but English
    )
    version = typer.Option(
        "--version", help=say(VERSION), callback=tell_version, is_eager=True, show_default=False
    )

    def options(*, version: Annotated[bool, version] = False) -> None:
        """Say what can be said before any command."""

    tree.callback()(options)
    return tree


def tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"emailketing {metadata.version('emailketing')}")
        raise typer.Exit


def listed(say: Say) -> typer.Typer:
    """Return a tree that can say which commands there are, and do nothing else."""
    tree = root(say)
    for name, (_module, text) in COMMANDS.items():
        tree.command(name, cls=SpokenCommand, help=say(text))(_nothing)
    for name, text in GROUPS.items():
        tree.add_typer(typer.Typer(), name=name, cls=SpokenGroup, help=say(text))
    return tree


def _nothing() -> None:
    """Stand where typer wants a function."""


def grown_for(words: Sequence[str], say: Say) -> typer.Typer:
    """Return the tree with what stands behind the first words of a command line."""
    alone = ALONE.get(words[0], {}).get(words[1]) if len(words) > 1 else None
    if alone is None:
        return grown(words[:1], say)
    tree, group = root(say), typer.Typer(no_args_is_help=True)
    import_module(f"emailketing.cli.{alone}").register(group)
    tree.add_typer(group, name=words[0], cls=SpokenGroup, help=say(GROUPS[words[0]]))
    translate(tree, say)
    return tree


def grown(words: Iterable[str], say: Say) -> typer.Typer:
    """Return the tree with the modules behind these words, and only those, imported."""
    tree, wanted = root(say), set(words)
    for module in dict.fromkeys(COMMANDS[word][0] for word in COMMANDS if word in wanted):
        import_module(f"emailketing.cli.{module}").register(tree)
    for name in GROUPS:
        if name in wanted:
            group = import_module(f"emailketing.cli.{name.replace('-', '_')}").app
            tree.add_typer(group, name=name, cls=SpokenGroup, help=say(GROUPS[name]))
    translate(tree, say)
    return tree


def translate(tree: typer.Typer, say: Say) -> None:
    """Show what each command does in the language of the command line."""
    for command in tree.registered_commands:
        text = inspect.getdoc(command.callback) if command.callback else None
        command.help = say(text or COMMANDS[name_of(command)][1])
        command.cls = SpokenCommand
    for group in tree.registered_groups:
        if group.typer_instance:
            translate(group.typer_instance, say)


def name_of(command: CommandInfo) -> str:
    return command.name or str(getattr(command.callback, "__name__", "")).replace("_", "-")
