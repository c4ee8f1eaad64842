"""Two administrators who make users in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import UTC, datetime

import pytest
from django.db import connections, transaction

from emailketing.accounts.models import User
from emailketing.accounts.users import UserInvalid, make_user

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def make(name: str) -> str:
    """Make a user; return what was refused."""
    try:
        make_user(User(username=name), role="operator", password=None, by="ana", now=NOW)
    except UserInvalid as refused:
        return str(refused)
    return ""


def make_beside(name: str) -> str:
    try:
        return make(name)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_the_second_user_of_a_name_waits_for_the_first_and_is_refused_with_a_sentence() -> None:
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            assert make("Rosa") == ""
            second = other.submit(make_beside, "rosa")
            with pytest.raises(NotYet):
                second.result(timeout=0.5)
        assert "rosa" in second.result(timeout=20)
    assert User.objects.get().username == "Rosa"
