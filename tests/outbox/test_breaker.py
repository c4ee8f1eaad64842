"""A sender that fails rests, longer each time; one outage is one failure (R21)."""

from datetime import timedelta

import pytest

from emailketing.channels.models import Sender
from emailketing.outbox.sending.breaker import note_failure, note_success
from tests.outbox import cast

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_r21_many_connections_that_see_one_outage_are_one_rest() -> None:
    by = cast.sender(25)
    rests = [note_failure(by.pk, "away", is_account=False, now=cast.NOON) for _ in range(12)]
    assert rests == [None] * 4 + [cast.NOON + MINUTE] * 8
    later = cast.NOON + 2 * MINUTE
    assert note_failure(by.pk, "still away", is_account=False, now=later) == later + 2 * MINUTE


def test_r21_who_is_well_again_begins_anew() -> None:
    by = cast.sender(25)
    assert note_failure(by.pk, "no", is_account=True, now=cast.NOON) == cast.NOON + MINUTE
    note_success(by.pk)
    assert Sender.objects.get().paused_until is None
    assert note_failure(by.pk, "no", is_account=True, now=cast.NOON) == cast.NOON + MINUTE
