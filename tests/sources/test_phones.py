"""The phones of a business system: in E.164 when understood, else as written and visible (M3)."""

import pytest
from django.utils import translation

from emailketing.sources.documents.contacts import Where, _addresses

pytestmark = pytest.mark.django_db


def taken(written: str) -> list[Where]:
    row = {"kind": "phone", "value": written, "usage": "orders", "person": "Ana"}
    with translation.override("en"):
        return list(_addresses(row, "PY"))


def test_m3_a_number_of_this_country_is_kept_as_every_phone_knows_it() -> None:
    assert taken("0981 123 456") == [Where("phone", "+595981123456", "orders", "Ana", "")]


def test_m3_two_numbers_of_one_field_are_two_addresses() -> None:
    assert [where.value for where in taken("0981 123 456 / (021) 555-010")] == [
        "+595981123456",
        "+59521555010",
    ]


def test_m3_what_is_not_understood_stays_as_it_was_written_and_says_why() -> None:
    (where,) = taken("pedir a Juan")
    assert where.value == "pedir a Juan"
    assert "letters" in where.problem
    assert taken("") == []
