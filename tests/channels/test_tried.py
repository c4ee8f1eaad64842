"""A sender is untried, tried or failed: of the settings it has now."""

from datetime import UTC, datetime

import pytest

from emailketing.channels.models import Sender
from emailketing.channels.tried import ConnectionStanding, note_trial, standing_of, tried_senders
from tests.outbox import cast

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 15, tzinfo=UTC)


def kept() -> Sender:
    return Sender.objects.get()


def test_a_new_sender_is_untried() -> None:
    cast.sender(9)
    assert standing_of(kept()) == ConnectionStanding.UNTRIED
    assert tried_senders() == []


def test_a_test_that_works_or_fails_is_kept_with_its_reason() -> None:
    note_trial(cast.sender(9), works=True, sentence="", now=NOON)
    assert (standing_of(kept()), kept().tried_at) == (ConnectionStanding.TRIED, NOON)
    assert tried_senders() == [kept()]
    note_trial(kept(), works=False, sentence="No route.", now=NOON)
    assert (standing_of(kept()), kept().tried_why) == (ConnectionStanding.FAILED, "No route.")
    assert tried_senders() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("host", "other.test"), ("port", 587), ("username", "x"), ("options", {"url": "x"})],
)
def test_other_settings_are_untried(name: str, value: object) -> None:
    note_trial(cast.sender(9), works=True, sentence="", now=NOON)
    Sender.objects.update(**{name: value})
    assert standing_of(kept()) == ConnectionStanding.UNTRIED


def test_s22_another_password_is_untried_and_the_same_one_entered_again_is_not() -> None:
    sender = cast.sender(9)
    sender.password = "una clave"  # noqa: S105 - of a test
    sender.save()
    note_trial(sender, works=True, sentence="", now=NOON)
    assert "clave" not in str(Sender.objects.values())
    sender.password = "una clave"  # noqa: S105 - encrypted anew, the same all the same
    sender.save()
    assert standing_of(kept()) == ConnectionStanding.TRIED
    sender.password = "otra"  # noqa: S105 - of a test
    sender.save()
    assert standing_of(kept()) == ConnectionStanding.UNTRIED


def test_values_that_were_tried_before_they_were_saved_count_once_saved() -> None:
    sender = cast.sender(9)
    sender.port = 2525
    note_trial(sender, works=True, sentence="", now=NOON)
    assert standing_of(kept()) == ConnectionStanding.UNTRIED
    Sender.objects.update(port=2525)
    assert standing_of(kept()) == ConnectionStanding.TRIED
