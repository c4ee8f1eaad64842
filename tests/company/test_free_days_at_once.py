"""Two people who say something of the same day in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import UTC, date, datetime

import pytest
from django.db import connections, transaction

from emailketing.company.change_free_days import FreeDayInvalid, add_free_day
from emailketing.company.models import Company, FreeDay

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
DAY = date(2026, 8, 17)


def add(name: str) -> str:
    """Add the day; return what was refused."""
    try:
        add_free_day(DAY, name, by="ana", now=NOW)
    except FreeDayInvalid as refused:
        return str(refused)
    return ""


def add_beside(name: str) -> str:
    try:
        return add(name)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_whoever_adds_a_day_second_waits_and_is_told_that_it_is_free_already() -> None:
    Company.get()
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            assert add("Asueto") == ""
            second = other.submit(add_beside, "Feriado")
            with pytest.raises(NotYet):
                second.result(timeout=0.5)
        assert "Asueto" in second.result(timeout=20)
    assert FreeDay.objects.get().name == "Asueto"
