"""One thing of many met an error: the others have their turn, and it is said (78)."""

import pytest
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, ProgrammingError

from emailketing.common.boundary import Boundary


def test_an_error_in_the_program_ends_here_and_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with Boundary("rule 7, event 9") as met:
        raise KeyError("party")
    assert isinstance(met.error, KeyError)
    assert "KeyError: 'party'" in met.sentence
    (line,) = caplog.records
    assert line.getMessage() == "rule 7, event 9: an error in the program"
    assert line.exc_info is not None, "with its traceback"


def test_nothing_is_said_where_all_went_well(caplog: pytest.LogCaptureFixture) -> None:
    with Boundary("rule 7, event 9") as met:
        pass
    assert met.error is None
    assert caplog.records == []


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, ProgrammingError, MemoryError])
def test_what_concerns_all_of_them_goes_on_up(error: type[Exception]) -> None:
    """Our database is away, or not up to date: no thing of many is to blame for it."""
    with pytest.raises(error), Boundary("rule 7"):
        raise error("away")


@pytest.mark.parametrize("error", [DataError, IntegrityError])
def test_one_row_that_our_database_refuses_is_one_thing(error: type[Exception]) -> None:
    with Boundary("rule 7") as met:
        raise error("one row")
    assert isinstance(met.error, error)


def test_what_somebody_waits_for_may_pass() -> None:
    with pytest.raises(TimeoutError), Boundary("rule 7", passing=(OSError,)):
        raise TimeoutError


def test_who_is_told_to_stop_stops() -> None:
    with pytest.raises(KeyboardInterrupt), Boundary("rule 7"):
        raise KeyboardInterrupt
