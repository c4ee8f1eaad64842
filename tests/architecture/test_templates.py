"""Templates of the console compile, and load nothing from outside."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.utils import translation

from tests.architecture.places import LANGUAGES, PACKAGE, named

# the sample company's pages are not Django's and not ours
TEMPLATES = sorted((PACKAGE / "web").rglob("templates/**/*.html"))
PAGE_FILES = [
    *TEMPLATES,
    *sorted(PACKAGE.rglob("static/**/*.css")),
    *(path for path in sorted(PACKAGE.rglob("static/**/*.js")) if "vendor" not in path.parts),
]
OUTSIDE = re.compile(
    r"""(?:src|href|action)=["']?(?:https?:)?//|url\(["']?(?:https?:)?//|@import"""
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_template_compiles_in_every_language(path: Path, language: str) -> None:
    folder = next(parent for parent in path.parents if parent.name == "templates")
    with translation.override(language):
        assert get_template(str(path.relative_to(folder))) is not None


@pytest.mark.parametrize("path", PAGE_FILES, ids=named)
def test_no_page_loads_anything_from_outside(path: Path) -> None:
    assert OUTSIDE.findall(path.read_text()) == []


def test_no_class_is_styled_in_two_style_sheets() -> None:
    """Two people who choose the same name change one another's pages."""
    homes: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("static/console/*.css"):
        for name in re.findall(
            r"(?:^|[,}]\s*)\.([\w-]+)(?=[\s,{:\[.>])", path.read_text(), re.MULTILINE
        ):
            homes.setdefault(name, set()).add(path.name)
    assert len(homes) > 100
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}
