"""The command line speaks the language it is told, typer's own words too."""

import os
import subprocess
import sys

import pytest
from django.conf import settings


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
