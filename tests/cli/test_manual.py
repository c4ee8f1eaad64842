"""The help of the console is read at the command line too."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from typer.testing import CliRunner

from emailketing.cli.app import app


def test_the_list_names_every_page_and_a_page_is_printed() -> None:
    runner = CliRunner()
    listed = runner.invoke(app, ["help"])
    assert listed.exit_code == 0
    assert "trying-a-rule" in listed.stdout
    assert "Probar una regla" in runner.invoke(app, ["help", "trying-a-rule"]).stdout


@pytest.mark.parametrize("topic", ["nowhere", "../es/rules"])
def test_a_page_that_is_not_there_is_one_sentence(topic: str) -> None:
    refused = CliRunner().invoke(app, ["help", topic])
    assert refused.exit_code == 1
    assert topic in refused.stderr
    assert refused.stdout == ""


def test_the_page_is_in_the_language_of_the_command_line() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "emailketing", "help", "glossary"],
        env={**os.environ, "EMAILKETING_LANGUAGE": "pt", "EMAILKETING_HOME": str(settings.HOME)},
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    assert said.startswith("Palavras deste programa")
