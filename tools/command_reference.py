"""Write docs/reference/commands.md from the commands themselves (`make docs`); --check compares."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "commands.md"
HEAD = """# Commands

Made from the commands themselves (`make docs`); a test compares. `emailketing … --help` says the
same in the language of `EMAILKETING_LANGUAGE`. A command that cannot do what it is asked says why
in one sentence and ends with code 1.
"""


def commands() -> Iterator[str]:
    """Yield one paragraph for each command of the tree."""
    import typer.main

    from emailketing.cli.app import app

    root = typer.main.get_command(app)
    yield from walk(root, "emailketing")


def walk(command: object, path: str) -> Iterator[str]:
    children = getattr(command, "commands", None)
    if children is None:
        yield paragraph(command, path)
        return
    if " " in path:
        yield f"## {path}\n\n{one_line(getattr(command, 'help', ''))}\n"
    # single commands first, so that each group keeps its own together
    for name, child in sorted(children.items(), key=lambda item: (is_group(item[1]), item[0])):
        yield from walk(child, f"{path} {name}")


def is_group(command: object) -> bool:
    return getattr(command, "commands", None) is not None


def paragraph(command: object, path: str) -> str:
    lines = [f"### {path}", "", one_line(getattr(command, "help", "")), ""]
    rows = [row(option) for option in getattr(command, "params", ()) if not is_hidden(option)]
    return "\n".join([*lines, *filter(None, rows), ""]) if any(rows) else "\n".join(lines)


def is_hidden(option: object) -> bool:
    return bool(getattr(option, "hidden", False)) or getattr(option, "name", "") == "help"


def row(option: object) -> str:
    is_argument = getattr(option, "param_type_name", "") == "argument"
    name = str(getattr(option, "name", "")).upper()
    flags = [*getattr(option, "opts", ()), *getattr(option, "secondary_opts", ())]
    shown = f"`{name}`" if is_argument else ", ".join(f"`{flag}`" for flag in flags)
    notes = [one_line(getattr(option, "help", "") or "")]
    default = getattr(option, "default", None)
    if getattr(option, "required", False) and not is_argument:
        notes.append("required")
    elif default not in (None, "", False, (), []) and not callable(default):
        notes.append(f"default `{default}`")
    said = "; ".join(note for note in notes if note)
    return f"- {shown}: {said}" if said else f"- {shown}"


def one_line(text: str) -> str:
    return " ".join(text.replace("\f", " ").split())


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emailketing.config.settings")
    import django
    from django.utils import translation

    django.setup()
    translation.activate("en")
    text = "\n".join([HEAD, *commands()]).rstrip("\n") + "\n"
    if "--check" not in sys.argv:
        PAGE.write_text(text)
        return 0
    if not PAGE.exists() or PAGE.read_text() != text:
        print(f"{PAGE.relative_to(ROOT)} is not what the commands say: run `make docs`.")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
