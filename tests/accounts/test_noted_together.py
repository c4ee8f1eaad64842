"""What is changed and the note of who changed it are one: the note that fails takes it back."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest

from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.who import Who
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import suppress
from emailketing.outbox.stop_writing import stop_writing, write_again

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ANA = "ana@cliente.test"
Change = Callable[..., object]  # takes who does it as `by`
Seen = Callable[[], object]


def nobody() -> Who:
    """Somebody of whom no note can be kept: the account was never saved."""
    return Who("ana", User())


def stopped() -> tuple[Change, Seen]:
    return partial(stop_writing, ANA, why="no quiere", now=NOW), Suppression.objects.count


def lifted() -> tuple[Change, Seen]:
    found = suppress(ANA, Suppression.Reason.BOUNCE, now=NOW)
    return partial(write_again, found, why="quiere", now=NOW), Suppression.objects.count


USE_CASES = (stopped, lifted)


@pytest.mark.parametrize("use_case", USE_CASES)
def test_what_cannot_be_noted_is_not_done(use_case: Callable[[], tuple[Change, Seen]]) -> None:
    change, seen = use_case()
    before = seen()
    with pytest.raises(ValueError, match="unsaved"):
        change(by=nobody())
    assert seen() == before


@pytest.mark.parametrize("use_case", USE_CASES)
def test_what_is_done_is_noted_once_with_who_and_from_where(
    use_case: Callable[[], tuple[Change, Seen]],
) -> None:
    change, seen = use_case()
    before, noted = seen(), AuditEntry.objects.count()
    change(by=Who("ana", came_from="10.0.0.7"))
    assert seen() != before
    assert AuditEntry.objects.count() == noted + 1
    entry = AuditEntry.objects.latest("pk")
    assert (entry.username, entry.came_from, entry.at) == ("ana", "10.0.0.7", NOW)
