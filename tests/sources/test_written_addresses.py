"""Addresses as the business has them: used when certain, else listed as typed (S3, M3)."""

import pytest
from django.utils import translation

from emailketing.sources.documents.contacts import Where, _addresses

pytestmark = pytest.mark.django_db


def taken(kind: str, written: str) -> list[Where]:
    row = {"kind": kind, "value": written, "usage": "orders", "person": ""}
    with translation.override("en"):
        return list(_addresses(row, "PY"))


def test_s3_an_address_with_a_blank_is_not_that_of_a_stranger() -> None:
    (where,) = taken("email", "juan perez@empresa.example")
    assert where.value == "juan perez@empresa.example"
    assert "is not understood" in where.problem


def test_the_good_one_of_a_field_is_used_and_the_other_listed() -> None:
    good, bad = taken("email", "Ana <ana@x.example>; juan perez@y.example")
    assert (good.value, good.person, good.problem) == ("ana@x.example", "Ana", "")
    assert (bad.value, bool(bad.problem)) == ("juan perez@y.example", True)


@pytest.mark.parametrize("written", ["SIN CORREO", "no tiene", "N/A", "-", "sin teléfono"])
@pytest.mark.parametrize("kind", ["email", "phone"])
def test_words_for_nothing_are_neither_address_nor_problem(kind: str, written: str) -> None:
    assert taken(kind, written) == []


def test_m3_two_numbers_joined_by_a_hyphen_are_two() -> None:
    found = [where.value for where in taken("phone", "Tel: 0981123456-0971222333")]
    assert found == ["+595981123456", "+595971222333"]
