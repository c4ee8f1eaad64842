"""The command line speaks the language it is told, typer's own words too."""

import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version

import pytest
import typer
from django.conf import settings
from django.utils import translation
from typer.testing import CliRunner

from emailketing.cli.app import app
from emailketing.cli.language import speak_in_frames
from emailketing.cli.parts import COMMANDS, GROUPS


@pytest.mark.parametrize(
    ("language", "command", "frame"),
    [
        ("es", "Poner en marcha la consola", "Órdenes"),
        ("en", "Run the console and the worker", "Commands"),
        ("pt", "Executar o console", "Comandos"),
    ],
)
def test_the_help_is_in_the_language_asked_for(language: str, command: str, frame: str) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "emailketing", "--help"],
        env={
            **os.environ,
            "EMAILKETING_LANGUAGE": language,
            "EMAILKETING_HOME": str(settings.HOME),
            "COLUMNS": "120",
        },
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    assert command in said
    assert frame in said
    assert "completion" not in said or language == "en"


def test_the_version_is_told_and_nothing_else_is_needed_for_it() -> None:
    said = CliRunner().invoke(app, ["--version"])
    assert said.exit_code == 0
    assert said.output == f"emailketing {version('emailketing')}\n"


def helps(tree: typer.Typer) -> Iterator[str]:
    """Every command's help as it is written, before it is translated."""
    for command in tree.registered_commands:
        yield (inspect.getdoc(command.callback) if command.callback else None) or ""
    for group in tree.registered_groups:
        yield from helps(group.typer_instance or typer.Typer())


def first_words() -> Iterator[str]:
    """What the list of commands says of each."""
    yield from (text for _module, text in COMMANDS.values())
    yield from GROUPS.values()


@pytest.mark.parametrize("language", ["es", "pt"])
def test_every_command_says_in_every_language_what_it_does(language: str) -> None:
    with translation.override(language):
        texts = [*helps(app), *first_words()]
        english = [text for text in texts if text and translation.gettext(text) == text]
    assert english == []


MISTAKES = {
    "user add": "Falta «username».",
    "rule add x": "Falta «--source».",
    "message show abc": "number debe ser un número.",
    "message list --limit": "Después de --limit falta un valor.",
    "message list --limit -1": "--limit debe ser 1 o más.",
    "message list --lim 3": "No existe la opción --lim. ¿Quiso decir --limit?",
    "user add a b c": "Esto sobra: b c",
    "events --nada": "No existe la opción --nada.",
    "rule ad": "No existe la orden 'ad'. ¿Quiso decir add?",
    "reglas": "No existe la orden 'reglas'.",
}


@pytest.mark.parametrize(("typed", "said"), MISTAKES.items())
def test_what_was_typed_wrong_is_said_in_the_language_of_the_command_line(
    typed: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typer's own sentences are English whatever the language."""
    monkeypatch.setenv("LANGUAGE", "es")
    speak_in_frames("es")
    finished = CliRunner().invoke(app, typed.split(), env={"COLUMNS": "200"})
    assert finished.exit_code == 2
    assert said in finished.output
    assert "Uso: " in finished.output or typed.endswith("--limit")
    for english in ("Usage", "Missing", "Invalid", "No such", "Did you", "requires", "OPTIONS"):
        assert english not in finished.output
