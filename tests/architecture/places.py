"""Where things are, for the tests that read the code base instead of running it."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
PACKAGE = SOURCE / "emailketing"
DOCS = ROOT / "docs"
MANUAL = PACKAGE / "manual" / "pages"
LANGUAGES = ("es", "en", "pt")
# what is made here and belongs to nobody's checkout
MADE_NAMES = ("_cache", ".egg-info", ".sqlite3")
MADE = {
    ".git",
    ".venv",
    ".lab",
    ".tools",
    "build",
    "dist",
    "var",
    "__pycache__",
    "node_modules",
    ".hypothesis",
}


def python_files(*folders: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    )


def is_made(path: Path) -> bool:
    """Whether a tool made it, as the folder of the environment or what coverage counted."""
    return path.name in MADE or path.name.endswith(MADE_NAMES) or path.name[:9] == ".coverage"


def project_files() -> Iterator[Path]:
    """Every file of the project that is text; no git is asked, a copy without it is tested too."""
    waiting = [ROOT]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            if is_made(path):
                continue
            if path.is_dir():
                waiting.append(path)
            elif path.suffix not in {".png", ".mo", ".lock", ".sqlite3", ".woff2", ".ico", ".pdf"}:
                yield path


def named(path: Path) -> str:
    """The name of a file in a test's id."""
    return str(path.relative_to(ROOT))
