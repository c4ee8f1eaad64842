"""The trail says of an address what was done, and nothing that was not."""

from datetime import timedelta

import pytest

from emailketing.accounts.models import AuditEntry
from emailketing.accounts.who import Who
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import Told, suppress
from emailketing.outbox.stop_writing import SuppressionInvalid, stop_writing, write_again
from tests.outbox import cast

pytestmark = pytest.mark.django_db
ANA, ROSA = "ana@cliente.test", Who("rosa")
LATER = cast.NOON + timedelta(hours=1)


def test_of_one_that_is_stopped_already_the_first_reason_is_told_and_stays() -> None:
    suppress(ANA, Suppression.Reason.OPT_OUT, now=cast.NOON, told=Told(note="STOP"))
    with pytest.raises(SuppressionInvalid, match="STOP"):
        stop_writing(ANA, why="asked by phone", by=ROSA, now=LATER)
    assert Suppression.objects.get().note == "STOP"
    assert not AuditEntry.objects.exists()


def test_of_two_who_lift_the_same_only_the_first_is_noted() -> None:
    found = stop_writing(ANA, why="asked by phone", by=ROSA, now=cast.NOON)
    for who in ("rosa", "juan"):
        write_again(found, why="it works again", by=Who(who), now=LATER)
    lifted = AuditEntry.objects.filter(action="lifted")
    assert [one.username for one in lifted] == ["rosa"]
