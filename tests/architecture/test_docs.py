"""What an operator can set, type or grant is documented, and nothing else is."""

import os
import re
import subprocess
import sys

from django.conf import settings

from tests.architecture.places import DOCS, MANUAL, PACKAGE, ROOT
from tests.journeys.pictures import PICTURES

REFERENCE = DOCS / "reference"
READERS = r'(?:env_\w+|_?env)\(\s*"(\w+)"'


def test_every_environment_variable_is_documented() -> None:
    code = "".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    documented = (REFERENCE / "settings.md").read_text()
    names = set(re.findall(READERS, code))
    names |= set(re.findall(r'environ(?:\.get\(|\[)\s*"(EMAILKETING_\w+)"', code))
    names |= set(re.findall(r'envvar="(EMAILKETING_\w+)"', code))
    assert len(names) > 10
    headings = " ".join(re.findall(r"^## (.*)$", documented, re.MULTILINE)).split()
    missing = names - set(headings)
    assert missing == set()


def test_every_documented_variable_exists() -> None:
    code = "".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    page = (REFERENCE / "settings.md").read_text()
    documented = re.findall(r"^## (\w+)$", page, re.MULTILINE)
    assert [name for name in documented if f'"{name}"' not in code] == []


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    """The page is made from the commands; `make docs` writes it anew."""
    finished = subprocess.run(
        [sys.executable, ROOT / "tools" / "command_reference.py", "--check"],
        env={**os.environ, "EMAILKETING_HOME": str(settings.HOME)},
        text=True,
        capture_output=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


COMMAND = re.compile(r"(?:^ *|`|&& )(emailketing [a-z][^\n`#|]*)", re.MULTILINE)
SECTION = re.compile(r"^### (emailketing [^\n]*)$(.*?)(?=^###|\Z)", re.MULTILINE | re.DOTALL)


def test_every_command_a_page_names_exists_with_its_options() -> None:
    reference = (REFERENCE / "commands.md").read_text()
    options = {name: re.findall(r"--[\w-]+", text) for name, text in SECTION.findall(reference)}
    lines = [
        (page.name, line.strip())
        for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *MANUAL.rglob("*.md")]
        for line in COMMAND.findall(page.read_text().replace("\\\n", " "))
        if page.name != "commands.md"
    ]
    assert len(lines) > 50
    assert [(page, line) for page, line in lines if not _is_command(line, options)] == []


def _is_command(line: str, options: dict[str, list[str]]) -> bool:
    names = [name for name in options if f"{line} ".startswith(f"{name} ")]
    return bool(names) and set(re.findall(r" (--[a-z-]+)", line)) <= set(options[names[0]])


def test_each_picture_is_there_and_shown_where_it_belongs_and_no_other_is() -> None:
    """`make pictures` takes them."""
    table = {name: page for name, (page, _words) in PICTURES.items()}
    shown = {
        (name, os.path.relpath(path, DOCS))
        for path in [ROOT / "README.md", *DOCS.rglob("*.md")]
        for name in re.findall(r"!\[[^\]]+\]\([^)]*images/(\w+)\.png\)", path.read_text())
    }
    assert shown == set(table.items())
    assert {path.stem for path in (DOCS / "images").iterdir()} == set(table)
