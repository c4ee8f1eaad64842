"""What is wrong with an address is said in the reader's language, not in the company's."""

import pytest
from django.utils import translation

from emailketing.common.email_address import emails
from emailketing.company.models import Company
from emailketing.contacts.misread import why_misread
from emailketing.contacts.models import Address
from emailketing.contacts.phone import PhoneInvalid, phone

pytestmark = pytest.mark.django_db


def kept_in_spanish(kind: str, value: str) -> Address:
    """An address as a source whose company writes Spanish keeps it."""
    with translation.override("es"):
        if kind == "email":
            return Address(kind=kind, value=value, problem=emails(value)[0].problem)
        with pytest.raises(PhoneInvalid) as wrong:
            phone(value, Company.get().country)
        return Address(kind=kind, value=value, problem=str(wrong.value))


@pytest.mark.parametrize(
    ("kind", "value"), [("email", "juan perez@empresa.example"), ("phone", "0981 12")]
)
def test_a_misread_address_says_why_in_each_readers_language(kind: str, value: str) -> None:
    address = kept_in_spanish(kind, value)
    said = {}
    for language in ("es", "en", "pt"):
        with translation.override(language):
            said[language] = why_misread(address)
    assert said["es"] == address.problem
    assert len(set(said.values())) == 3


def test_one_that_is_understood_by_now_keeps_its_sentence_and_a_good_one_has_none() -> None:
    assert why_misread(Address(kind="email", value="ana@b.example", problem="antes no")) == (
        "antes no"
    )
    assert why_misread(Address(kind="email", value="ana@b.example")) == ""
