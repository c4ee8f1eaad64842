"""Adding a channel is adding a folder: who else names one is counted."""

import re

import pytest
from django.apps import apps

from tests.architecture.places import PACKAGE, python_files

CODE = {".py", ".html", ".js", ".css", ".sql", ".toml"}
HISTORY = {"migrations", "locale", "channels", "demo"}
# how many files may name it; the words of people and the names of ready texts are counted too
MOST = {"whatsapp": 5, "twilio": 0, "smpp": 1, "kannel": 0, "gammu": 0}


def naming(word: str) -> list[str]:
    return sorted(
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*")
        if path.suffix in CODE
        and not HISTORY & set(path.relative_to(PACKAGE).parts)
        and word in path.read_text(encoding="utf-8").lower()
    )


@pytest.mark.parametrize("word", sorted(MOST))
def test_hardly_a_file_outside_names_a_channel_or_its_kind(word: str) -> None:
    found = naming(word)
    assert len(found) <= MOST[word], "\n".join(found)


def test_nobody_outside_imports_from_the_folder_of_a_phones_channel() -> None:
    inside = re.compile(r"emailketing\.channels\.(sms|whatsapp)\b")
    found = [
        path
        for path in python_files("src")
        if "channels" not in path.parts and inside.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_column_for_a_channel_takes_the_name_of_any_folder() -> None:
    """PostgreSQL counts letters: a channel that a template takes fits a rule, too."""
    columns = [
        field
        for model in apps.get_models()
        if model.__module__.startswith("emailketing.")
        for field in model._meta.get_fields()
        if field.name == "channel"
    ]
    found = {str(column): getattr(column, "max_length", None) for column in columns}
    assert len(found) >= 5
    assert set(found.values()) == {20}, found
