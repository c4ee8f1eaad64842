"""What the house agreed on and no linter knows."""

import ast
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.architecture.places import DOCS, PACKAGE, ROOT, named, project_files, python_files

MACHINE_PATH = re.compile(r"/(work|farm|root|Users|home/\w+)/|/tmp/[a-z]+/")


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_every_migration_has_a_name_that_explains_it() -> None:
    names = [path.name for path in PACKAGE.rglob("migrations/0*.py")]
    assert names
    assert [name for name in names if "_auto_" in name or "_and_more" in name] == []


def test_every_package_opens_with_what_it_is() -> None:
    silent = [
        named(path)
        for path in PACKAGE.rglob("__init__.py")
        if not {"migrations", "templatetags"} & set(path.parts)
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_the_demo_has_no_line_of_the_product() -> None:
    """The import contract sees imports; this sees a module named in a string as well."""
    found = [
        f"{named(path)}: {name}"
        for path in (PACKAGE / "demo").rglob("*.py")
        for name in re.findall(r"emailketing\.[a-z_]+", path.read_text())
        if name != "emailketing.demo"
    ]
    assert found == []


def test_the_product_does_not_name_the_demo() -> None:
    found = [
        named(path)
        for path in python_files("src")
        if "demo" not in path.parts and "emailketing.demo" in path.read_text()
    ]
    assert found == []


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    found = [
        f"{named(path)}: {match.group()}"
        for path in project_files()
        for match in MACHINE_PATH.finditer(path.read_text(errors="replace"))
    ]
    assert found == []


def test_nobody_waits_for_time_to_pass_in_a_test() -> None:
    """A condition is awaited; a fixed sleep is too short on one machine and too long on others."""
    sleep = re.compile(r"(?:time|asyncio)\.sleep\((?!0\))")  # 0 gives way, it does not wait
    found = [
        named(path)
        for path in python_files("tests")
        if sleep.search(path.read_text()) and "while" not in path.read_text()
    ]
    assert found == []


def test_every_page_can_be_found_from_the_index() -> None:
    for folder in (DOCS, DOCS / "decisions"):
        index = (folder / "README.md").read_text()
        pages = [page for page in folder.rglob("*.md") if page.name != "README.md"]
        if folder == DOCS:
            pages = [page for page in pages if page.parent.name != "decisions"]
        lost = [named(page) for page in pages if f"({page.relative_to(folder)})" not in index]
        assert lost == []


PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_pages_name_files_that_exist(page: Path) -> None:
    """Pages say where things are: a renamed file must not be left behind."""
    files = re.findall(r"`([a-z_]+(?:/[a-z_]+)+\.(?:py|toml|mjml|typ|sql))`", page.read_text())
    assert [file for file in files if not _anywhere(file)] == []


def test_the_ways_drawn_in_the_architecture_pass_files_that_exist() -> None:
    """Issue 10: the way of an order, a receipt and a page is drawn with the files of today."""
    ways = (ROOT / "ARCHITECTURE.md").read_text().partition("## Three ways")[2].split("\n## ")[0]
    files = re.findall(r"[a-z_]+(?:/[a-z_]+)+\.py", ways)
    assert len(files) > 30
    assert [file for file in files if not _anywhere(file)] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_to_a_page_and_a_heading(page: Path) -> None:
    broken = [
        link for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()) if _is_dead(page, link)
    ]
    assert broken == []


def _is_dead(page: Path, link: str) -> bool:
    if "://" in link:
        return False
    file, _hash, heading = link.partition("#")
    there = (page.parent / file).resolve() if file else page
    return not there.exists() or (bool(heading) and heading not in _headings(there))


def _headings(page: Path) -> list[str]:
    """The headings as addresses name them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]


def _anywhere(file: str) -> bool:
    return (ROOT / file).exists() or (PACKAGE / file).exists()
