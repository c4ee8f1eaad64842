"""Every file lies where such files lie: what was downloaded or tried does not stay unnoticed."""

from pathlib import Path

from tests.architecture.places import ROOT, is_made

# the first folder that fits says what may lie there; "" is what lies at the top itself
KINDS = {
    "docs": {".md", ".png"},
    "requirements": {".in", ".lock"},
    "src/emailketing/content": {".css", ".mjml", ".otf", ".py", ".toml", ".txt", ".typ"},
    "src/emailketing/demo": {".css", ".csv", ".html", ".js", ".png", ".py", ".sql", ".svg"},
    "src/emailketing/locale": {".mo", ".po"},
    "src/emailketing/manual": {".md", ".png", ".py"},
    "src/emailketing/sources": {".json", ".py", ".sql", ".toml", ".txt", ".typ"},
    "src/emailketing/web": {".css", ".html", ".js", ".md", ".py", ".svg"},
    "src/emailketing": {".py"},
    "tests": {".json", ".py", ".sql", ".toml", ".txt", ".xz"},
    "tools": {".py", ".toml"},
}
AT_THE_TOP = {
    ".ci/run",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "pyproject.toml",
    "uv.lock",  # made by `make lock`, belongs to nobody's checkout
}


def strays(root: Path) -> list[str]:
    """Return what lies at no known place, or is of a kind that does not belong there."""
    found, waiting = [], [root]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            name = path.relative_to(root).as_posix()
            if is_made(path):
                continue
            if path.is_dir():
                waiting.append(path)
            elif name not in AT_THE_TOP and not _belongs(name, path.suffix):
                found.append(name)
    return found


def _belongs(name: str, kind: str) -> bool:
    homes = [kinds for folder, kinds in KINDS.items() if name.startswith(f"{folder}/")]
    return bool(homes) and kind in homes[0]


def test_every_file_lies_at_a_known_place_and_is_of_a_known_kind() -> None:
    assert strays(ROOT) == []


def test_a_stray_file_is_named_and_what_is_made_here_is_not(tmp_path: Path) -> None:
    for name in ("some-1.0.whl", "src/emailketing/notes.txt", "src/stray.py", "docs/a.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "anything.whl").touch()
    assert sorted(strays(tmp_path)) == ["some-1.0.whl", "src/emailketing/notes.txt", "src/stray.py"]
