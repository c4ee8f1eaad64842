"""Everything a person reads exists in Spanish, English and Portuguese."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polib
import pytest
from django.utils.translation.trans_real import DjangoTranslation
from tools import extract_messages

from tests.architecture.places import LANGUAGES, PACKAGE, named, python_files

TRANSLATED = ("es", "pt")  # English is the language of the source
CONNECTORS = sorted(PACKAGE.rglob("connectors/*/*.toml"))


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"))


@cache
def texts() -> frozenset[extract_messages.Text]:
    return frozenset(extract_messages.texts())


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_is_left_untranslated(language: str) -> None:
    """`make messages` collects the texts; the words are for a person to write."""
    translated = {
        (entry.msgctxt or "", entry.msgid)
        for entry in catalogue(language)
        if entry.translated() and not entry.obsolete
    }
    missing = [text for text in sorted(texts()) if text[:2] not in translated]
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_left_over(language: str) -> None:
    known = {text[:2] for text in texts()}
    assert [e.msgid for e in catalogue(language) if (e.msgctxt or "", e.msgid) not in known] == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ('_("One %(a)s") % {"a": _("two")}', {"One %(a)s", "two"}),
        ("f\"{_('within')}: {x}\"", {"within"}),
        ('say("bare")', {"bare"}),
        ('from somewhere import gettext_lazy as later\nlater("renamed")', {"renamed"}),
        ('ngettext("day", "days", n)', {"day"}),
        ('pgettext("of a card", "front")', {"front"}),
        ('import gettext\nfrom gettext import gettext as theirs\ntheirs("not ours")', set()),
    ],
)
def test_texts_are_found_however_they_are_written(
    tmp_path: Path, written: str, found: set[str]
) -> None:
    module = tmp_path / "module.py"
    module.write_text(written)
    assert {text for _context, text, _plural in extract_messages.python_texts(module)} == found


def test_what_is_translated_by_its_name_is_collected_too() -> None:
    """`_(TOO_LONG)`: the constant must be marked where it is written, or it stays English."""
    known, constants = {text[1] for text in texts()}, _constants()
    named_texts = [
        (named(path), text)
        for path in python_files("src")
        for name in _translated_names(ast.parse(path.read_text()))
        for text in constants.get(name, ())
    ]
    assert len(named_texts) > 10
    assert [one for one in named_texts if one[1] not in known] == []


def _translated_names(tree: ast.Module) -> set[str]:
    """Return the constants that a module gives to what translates."""
    functions = extract_messages.translating(tree)
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
    given = (call.args[0] for call in calls if ast.unparse(call.func) in functions)
    bare = (one.value if isinstance(one, ast.Subscript) else one for one in given)
    return {one.id for one in bare if isinstance(one, ast.Name) and one.id.isupper()}


@cache
def _constants() -> dict[str, set[str]]:
    """Return the sentences of the constants of all modules, by name."""
    found: dict[str, set[str]] = {}
    for path in python_files("src"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                found.setdefault(ast.unparse(target), set()).update(_sentences(node.value))
    return found


def _sentences(value: ast.expr) -> Iterator[str]:
    """Yield the texts of a constant; of a table those that it leads to."""
    values = value.values if isinstance(value, ast.Dict) else [value]
    for one in values:
        text = one.args[0] if isinstance(one, ast.Call) and one.args else one
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            yield text.value


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_places_of_the_values(language: str) -> None:
    for entry in catalogue(language):
        for translated in [entry.msgstr, *entry.msgstr_plural.values()]:
            wanted = {*_places(entry.msgid), *_places(entry.msgid_plural)}
            assert _places(translated) <= wanted, entry.msgid
            if not entry.msgid_plural:
                assert _places(translated) == wanted, entry.msgid


def _places(text: str) -> set[str]:
    named_places = set(re.findall(r"%\(\w+\)[sd]|%s|%d", text))
    braces = {f"{{{field}}}" for _text, field, _spec, _conversion in _fields(text) if field}
    return named_places | braces | {"{}"} if "{}" in text else named_places | braces


def _fields(text: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(string.Formatter().parse(text))
    except ValueError:  # a brace that is only a brace
        return []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_frame_of_the_console_speaks_the_language_too(language: str) -> None:
    """Unfold ships no translations: what its pages say must be in Django's catalogue or ours."""
    known = DjangoTranslation(language)
    folder = extract_messages.installed("unfold") / "templates"
    found = {
        text
        for path in folder.rglob("*.html")
        for _context, text, _plural in extract_messages.template_texts(path)
    }
    assert len(found) > 100
    missing = [text for text in sorted(found) if text and not _is_known(known, text)]
    assert missing == []


def _is_known(known: DjangoTranslation, text: str) -> bool:
    missing = object()
    catalog = vars(known)["_catalog"]
    return any(catalog.get(key, missing) is not missing for key in (text, (text, 0), (text, 1)))


@pytest.mark.parametrize("path", CONNECTORS, ids=named)
def test_every_label_of_a_connector_is_there_in_three_languages(path: Path) -> None:
    incomplete = [
        where
        for where, table in _tables(tomllib.loads(path.read_text()), path.parent.name)
        if set(LANGUAGES) & set(table) and not all(table.get(code) for code in LANGUAGES)
    ]
    assert incomplete == []


def _tables(value: Any, where: str) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(value, list):
        return [t for n, item in enumerate(value) for t in _tables(item, f"{where}[{n}]")]
    if not isinstance(value, dict):
        return []
    inner = [t for key, item in value.items() for t in _tables(item, f"{where}.{key}")]
    return [(where, value), *inner]
