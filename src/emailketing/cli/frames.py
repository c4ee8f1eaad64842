"""What typer says by itself, in the language of the command line: usage, help, mistakes.

Typer asks gettext for some of its words only; the sentences of its errors are English whatever the
language. They are known by their form here and said again with the same values.
"""

import re
from collections.abc import Callable
from difflib import get_close_matches
from gettext import gettext as of_typer  # its catalogue: locale/*/messages.po
from typing import Any, TypeVar

from typer._click import ClickException, Command, Context
from typer._click.exceptions import UsageError
from typer.core import TyperCommand, TyperGroup

Found = TypeVar("Found")
# how typer says it → how we do, with the groups of the pattern as values
SENTENCES = (
    (r"Missing argument '(?P<name>.+)'\.", "“{name}” is missing."),
    (r"Missing option '(?P<name>.+)'\.(?P<more>.*)", "“{name}” is missing."),
    (r"No such option: (?P<name>\S+)", "There is no option {name}."),
    (
        r"No such option: (?P<name>\S+) \(Possible options: (?P<others>.+)\)",
        "There is no option {name}. Did you mean {others}?",
    ),
    (r"No such command '(?P<name>.*)'\.", "There is no command “{name}”."),
    (r"Option '(?P<name>.+)' requires an argument\.", "{name} needs a value behind it."),
    (r"Option '(?P<name>.+)' does not take a value\.", "{name} takes no value."),
    (r"Got unexpected extra argument\(s\) \((?P<words>.*)\)", "This is too much: {words}"),
    (
        r"Invalid value for '(?P<name>.+)': Input should be a valid (?:integer|number).*",
        "{name} must be a number.",
    ),
    (
        r"Invalid value for '(?P<name>.+)': Input should be greater than or equal to (?P<least>.+)",
        "{name} must be at least {least}.",
    ),
    (
        r"Invalid value for '(?P<name>.+)': Input should be less than or equal to (?P<most>.+)",
        "{name} must be at most {most}.",
    ),
    (
        r"Invalid value for '(?P<name>.+)': Input should be (?P<choices>'.+)",
        "{name} must be one of: {choices}.",
    ),
    (r"Invalid value for '(?P<name>.+)': (?P<why>.*)", "{name} does not fit: {why}"),
)


def in_our_words(sentence: str) -> str:
    """Say an error of typer in the language of the command line; an unknown one stays as it is."""
    for form, ours in SENTENCES:
        if found := re.fullmatch(form, " ".join(sentence.split())):
            return of_typer(ours).format(**found.groupdict())
    return sentence


def spoken(call: Callable[[], Found]) -> Found:
    """Call; an error that typer has made leaves with our words."""
    try:
        return call()
    except ClickException as error:
        said = in_our_words(error.format_message())
        error.format_message = lambda: said  # type: ignore[method-assign]  # of this one error
        raise


class _Spoken(Command):
    """What commands and groups have in common."""

    def get_usage(self, ctx: Context) -> str:
        usage = super().get_usage(ctx)
        for word in ("Usage:", "[OPTIONS]", "COMMAND", "[ARGS]"):
            usage = usage.replace(word, of_typer(word), 1)
        return usage

    def get_help_option(self, ctx: Context) -> Any:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = of_typer("Show this message and exit.")
        return option


class SpokenCommand(_Spoken, TyperCommand):
    """A command whose help and mistakes are in the language of the command line."""


class SpokenGroup(_Spoken, TyperGroup):
    """The same for a group; the outermost one hears every error."""

    def make_context(self, *words: Any, **more: Any) -> Context:
        return spoken(lambda: super(SpokenGroup, self).make_context(*words, **more))

    def invoke(self, ctx: Context) -> Any:
        return spoken(lambda: super(SpokenGroup, self).invoke(ctx))

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        self.suggest_commands = False  # we do
        try:
            return super().resolve_command(ctx, args)
        except UsageError as error:
            error.message = self._with_a_suggestion(in_our_words(error.message), args[0])
            raise

    def _with_a_suggestion(self, sentence: str, typed: str) -> str:
        near = get_close_matches(typed, list(self.commands))
        if not near:
            return sentence
        return f"{sentence} {of_typer('Did you mean {others}?').format(others=', '.join(near))}"
