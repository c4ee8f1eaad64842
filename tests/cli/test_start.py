"""A command starts with what it needs: everything starts dozens of them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer
from django.conf import settings
from django.utils.translation import gettext
from tools import bootstrap
from typer._click import Command
from typer.core import TyperGroup
from typer.main import get_command

from emailketing.cli.app import app
from emailketing.cli.parts import ALONE, grown_for, listed

MODULES = """
import json, sys
from emailketing.cli.main import main
sys.argv = ["emailketing", *json.loads(sys.argv[1])]
try:
    main()
except SystemExit:
    pass
print("\\n" + json.dumps(sorted(sys.modules)))
"""
# what only some need: console, business databases, spreadsheets, gateways, papers
HEAVY = {
    "unfold.admin",
    "emailketing.web.console.frame.base",
    "sqlalchemy",
    "xlsxwriter",
    "holidays",
}
MORE = {"httpx", "typst", "emailketing.worker.loop"}


UNCOMPILED = """
import sys
from importlib.util import cache_from_source
from pathlib import Path
import django, emailketing.config.settings, typer, typer.rich_utils
django.setup()
import emailketing.worker.loop
files = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
print([f for f in files if "site-packages" in f and f.endswith(".py")
       and not Path(cache_from_source(f)).exists()])
"""


def loaded(*words: str) -> set[str]:
    # what measures coverage has modules of its own
    plain = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    said = subprocess.run(
        [sys.executable, "-c", MODULES, json.dumps(words)],
        env={**plain, "EMAILKETING_HOME": str(settings.HOME)},
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    return set(json.loads(said.splitlines()[-1]))


@pytest.mark.parametrize("words", [(), ("--help",), ("no-such-command",)])
def test_the_list_of_commands_is_told_without_django(words: tuple[str, ...]) -> None:
    found = loaded(*words)
    django = {"django.conf", "django.db", "cryptography", "emailketing.cli.run"}
    assert not found & (django | HEAVY)
    assert len(found) < 500


@pytest.mark.parametrize(
    ("command", "most"),
    [("user", 1000), ("message", 1130), ("contact", 1080), ("steps", 1130), ("setup", 1080)],
)
def test_a_simple_command_imports_no_heavy_part(command: str, most: int) -> None:
    found = loaded(command, "--help")
    assert f"emailketing.cli.{command}" in found or command in {"steps", "setup"}
    assert not found & (HEAVY | MORE)
    assert len(found) < most


@pytest.mark.parametrize(
    ("words", "most"),
    [
        (("rule", "list"), 1080),
        (("source", "list"), 965),
        (("alerts",), 1130),
        (("why", "--help"), 1220),
    ],
)
def test_what_is_asked_often_imports_no_heavy_part(words: tuple[str, ...], most: int) -> None:
    found = loaded(*words)
    assert not found & (HEAVY | MORE)
    assert len(found) < most


READING = {
    *("list", "show", "runs", "links", "readers", "gaps", "connectors", "dialects", "kinds"),
    *("tables", "columns", "wishes", "misread", "unreachable", "undelivered", "sent", "status"),
    *("events", "steps", "alerts", "why", "search", "first-steps", "help", "next", "ready"),
}
AS_NEEDED = {  # what only reads our own database, but needs more than that
    "search": "looks into the pages of the console, too",
    "listing": "what a listing is asked with stands in the query of its kind",
    "occasion": "whose day it is may stand in a listing",
    "report": "what a report is asked with stands in its listing",
    "sender": "which kinds there are say the modules that speak to them",
    "source status": "looks at the source now",
}
WALK = """
import json, sys
import django
django.setup()
from django.utils.translation import gettext
from emailketing.cli.parts import grown_for
brought = {}
for words in json.loads(sys.argv[1]):
    grown_for(words, gettext)
    for name in {"sqlalchemy", "sqlglot", "xlsxwriter", "holidays", "httpx"} & set(sys.modules):
        brought.setdefault(name, " ".join(words))
print(json.dumps(brought))
"""


def test_no_command_that_only_reads_imports_what_reads_a_source() -> None:
    """One process grows them one after the other and says which was the first to bring it."""
    every = list(leaves(get_command(app)))
    assert {words[-1] for words in every} >= READING, "a name that no command has any more"
    reading = [words for words in every if words[-1] in READING]
    needing = [words for words in reading if {words[0], " ".join(words)} & AS_NEEDED.keys()]
    assert {key for words in needing for key in (words[0], " ".join(words))} >= AS_NEEDED.keys()
    light = [words for words in reading if words not in needing]
    assert len(light) > 30
    said = subprocess.run(
        [sys.executable, "-c", WALK, json.dumps(light)],
        env={
            **os.environ,
            "EMAILKETING_HOME": str(settings.HOME),
            "DJANGO_SETTINGS_MODULE": "emailketing.config.settings",
        },
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    assert json.loads(said) == {}


def leaves(command: Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(command, TyperGroup):
        for name, below in command.commands.items():
            yield from leaves(below, (*words, name))
    else:
        yield words


@pytest.mark.parametrize("group", ALONE)
def test_a_command_that_runs_alone_is_one_of_its_group(group: str) -> None:
    of_group = [words for words in leaves(get_command(app)) if words[0] == group]
    for name in ALONE[group]:
        tree = get_command(grown_for((group, name), gettext))
        assert (group, name) in list(leaves(tree))
        assert set(leaves(tree)) <= set(of_group)


SENDING = """
import sys
import django
django.setup()
import emailketing.worker.loop, emailketing.worker.sending
print("sqlalchemy" in sys.modules, "emailketing.worker.steps" in sys.modules)
"""


def test_the_process_that_sends_brings_nothing_that_reads_or_decides() -> None:
    """Of its memory a third, and a third of a second of each start."""
    environment = {
        **os.environ,
        "EMAILKETING_HOME": str(settings.HOME),
        "DJANGO_SETTINGS_MODULE": "emailketing.config.settings",
    }
    words = [sys.executable, "-c", SENDING]
    said = subprocess.run(words, env=environment, text=True, capture_output=True, check=True)
    assert said.stdout.split() == ["False", "False"]


def first_level(tree: typer.Typer) -> dict[str, str | None]:
    root = get_command(tree)
    assert isinstance(root, TyperGroup)
    return {name: command.help for name, command in root.commands.items()}


def test_the_list_says_what_the_tree_has() -> None:
    assert list(first_level(listed(gettext)).items()) == list(first_level(app).items())


def test_what_install_brings_is_compiled() -> None:
    """Where Python may not write, each process would compile it anew: four seconds for each."""
    stamp = bootstrap.VENV / "emailketing-dev.stamp"
    assert stamp.exists(), "run make install"
    assert stamp.read_text() == bootstrap.fingerprint("dev"), "run make install once more"
    said = subprocess.run(
        [sys.executable, "-c", UNCOMPILED],
        env={
            **os.environ,
            "EMAILKETING_HOME": str(settings.HOME),
            "DJANGO_SETTINGS_MODULE": "emailketing.config.settings",
        },
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    assert said.strip() == "[]"
