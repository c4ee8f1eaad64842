"""How commands speak: tables, one sentence for an error, and who is at the keyboard."""

import getpass
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table
from rich.text import Text

from emailketing.accounts.who import Who
from emailketing.common.os_errors import why

console = Console()
COMMAND_LINE = "command line"
# how many rows a list shows
Most = Annotated[int, typer.Option(min=1)]
WIDEST = 100_000  # characters of a line, when no terminal says how many fit


def clock() -> datetime:
    return datetime.now(UTC)


def operator() -> str:
    """The name noted in the audit trail for what is done here."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return COMMAND_LINE


def who() -> Who:
    """Say who is at the keyboard, for whatever is to be done."""
    return Who(operator(), came_from=COMMAND_LINE)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table: folded to fit a terminal, as wide as it is for a program; nothing is cut."""
    is_piped = not console.is_terminal
    grid = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        grid.add_column(heading, overflow="fold", no_wrap=is_piped)
    for row in rows:
        grid.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    (Console(width=WIDEST) if is_piped else console).print(grid)


def local(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%d/%m/%Y %H:%M:%S") if moment else ""


def refuse(sentence: object) -> NoReturn:
    """End with one sentence and exit code 1."""
    typer.echo(str(sentence), err=True)
    raise typer.Exit(1)


def refuse_all(sentences: Iterable[object]) -> None:
    """End with code 1 and every sentence on a line of its own; go on when there is none."""
    if said := "\n".join(dict.fromkeys(map(str, sentences))):
        refuse(said)


def save(file: Path, content: bytes) -> None:
    """Write a file, or refuse with the reason."""
    try:
        file.write_bytes(content)
    except OSError as error:
        refuse(_("%(file)s cannot be written: %(why)s.") % {"file": file, "why": why(error)})


def ask_password(variable: str, *, again: bool = False, may_be_empty: bool = False) -> str:
    """Ask for a password at the keyboard; without one, say which variable to put it into (S22)."""
    if not sys.stdin.isatty():
        if may_be_empty:
            return ""
        sentence = _("There is no keyboard to ask at: put the password into %(variable)s.")
        refuse(sentence % {"variable": variable})
    answer = typer.prompt(
        _("Password"),
        hide_input=True,
        confirmation_prompt=again,
        default="" if may_be_empty else None,
        show_default=False,
    )
    return str(answer)
