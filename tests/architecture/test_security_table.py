"""SECURITY.md says of each of the 36 promises which test keeps it, or why none does yet."""

import re
from dataclasses import fields

import pytest
from django.apps import apps

from emailketing.content.save import Texts
from tests.architecture.places import ROOT, python_files

PAGE = (ROOT / "SECURITY.md").read_text()
ROWS = {
    int(number): row for number, row in re.findall(r"^\| S(\d+) \| (.*) \|$", PAGE, re.MULTILINE)
}
NAMED = re.compile(r"`(test_\w+)`")


def test_every_promise_has_its_row_in_order() -> None:
    assert list(ROWS) == list(range(1, 37))


@pytest.mark.parametrize("number", range(1, 37))
def test_a_promise_names_its_tests_or_says_why_not_yet(number: int) -> None:
    names = NAMED.findall(ROWS[number])
    assert names or "Not yet" in ROWS[number]
    tests = "".join(path.read_text() for path in python_files("tests"))
    assert [name for name in names if f"def {name}(" not in tests] == []


def test_a_test_that_bears_a_number_bears_one_that_is_kept() -> None:
    tests = "".join(path.read_text() for path in python_files("tests"))
    numbers = {int(number) for number in re.findall(r"def test_s(\d+)_", tests)}
    assert numbers <= {number for number, row in ROWS.items() if NAMED.search(row)}


def test_s6_what_an_operator_writes_has_no_place_for_a_sender_address() -> None:
    for model in ("content.Template", "content.Revision", "notifications.Rule"):
        names = {field.name for field in apps.get_model(model)._meta.get_fields()}
        assert not {name for name in names if name.startswith(("from_a", "reply", "header"))}
    assert not [column.name for column in fields(Texts) if "from" in column.name]
