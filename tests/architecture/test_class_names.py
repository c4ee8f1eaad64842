"""One name per class; the words of the glossary are those of the code (one word per concept)."""

import ast
import re
from collections import Counter

import pytest
from django.apps import apps

from tests.architecture.places import DOCS, PACKAGE, python_files

NO_WORD = re.compile(r"^\| `(\w+)` \| ([^|:]+): [^|]+ \|$", re.MULTILINE)
ROW = re.compile(r"^\| (?!word )([^|]+?) \|.*\| `?(\w*)`? ?\|$", re.MULTILINE)


def class_names() -> Counter[str]:
    """Count the top-level classes of the product; a migration's is always called Migration."""
    bodies = (ast.parse(path.read_text()).body for path in python_files("src"))
    return Counter(node.name for body in bodies for node in body if isinstance(node, ast.ClassDef))


def glossary() -> dict[str, str]:
    """Word → the class that carries it, or nothing."""
    return dict(rows())


def rows() -> list[tuple[str, str]]:
    text = (DOCS / "reference" / "glossary.md").read_text()
    return [*ROW.findall(text), *((word, name) for name, word in NO_WORD.findall(text))]


def own_models() -> list[str]:
    return [
        model.__name__
        for model in apps.get_models()
        if model.__module__.startswith(PACKAGE.name + ".")
    ]


def test_no_two_classes_have_one_name() -> None:
    twice = [name for name, count in class_names().items() if count > 1]
    assert twice == []


def test_no_word_is_explained_twice() -> None:
    words = [word for word, _name in rows()]
    assert [word for word, count in Counter(words).items() if count > 1] == []


def test_the_glossary_names_classes_that_are_there() -> None:
    known = class_names()
    named = [name for name in glossary().values() if name]
    assert len(named) > 40
    assert [name for name in named if name not in known] == []


def test_a_word_with_a_class_of_its_name_says_so() -> None:
    known = class_names()
    camel = {word: "".join(part.capitalize() for part in word.split()) for word in glossary()}
    silent = [word for word, name in glossary().items() if camel[word] in known and not name]
    assert silent == []


@pytest.mark.parametrize("model", own_models())
def test_every_kind_of_row_is_explained(model: str) -> None:
    assert model in glossary().values()
