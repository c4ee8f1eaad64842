"""A sender in the configuration file goes through the same function as on its page."""

from datetime import UTC, datetime

import pytest

from emailketing.accounts.models import AuditEntry
from emailketing.accounts.who import Who
from emailketing.channels.models import Sender
from emailketing.channels.senders import SenderInvalid, resume
from emailketing.configuration.apply import apply
from emailketing.configuration.kind import ConfigurationInvalid
from emailketing.configuration.toml import FORMAT

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ANA = Who("ana", came_from="command line")


def written(**values: str) -> str:
    known = {"name": "Ventas", "from_address": "ventas@estacion.test", "host": "mail.test"}
    rows = (f'{name} = "{value}"' for name, value in (known | values).items())
    return "\n".join([f"format = {FORMAT}", "[[sender]]", *rows])


def test_one_that_waits_for_its_password_goes_on_waiting_when_the_file_changes_it() -> None:
    apply(written(username="ventas"), by=ANA, now=NOW)
    waits = Sender.objects.get().paused_reason
    assert waits
    apply(written(username="ventas", from_name="Estación"), by=ANA, now=NOW)
    sender = Sender.objects.get()
    assert (sender.is_active, sender.paused_reason) == (False, waits)
    assert sender.from_name == "Estación"
    with pytest.raises(SenderInvalid, match="“Password” is empty"):
        resume(sender, by=ANA, now=NOW)
    assert not Sender.objects.get().is_active


def test_who_took_it_over_stands_beside_each_sender() -> None:
    apply(written(), by=ANA, now=NOW)
    apply(written(from_name="Estación"), by=ANA, now=NOW)
    noted = AuditEntry.objects.filter(object_type="channels.sender").order_by("pk")
    assert [(one.action, one.username, one.came_from) for one in noted] == [
        ("created", "ana", "command line"),
        ("changed", "ana", "command line"),
    ]
    assert noted[1].changes == {"from_name": ["", "Estación"]}


def test_what_a_page_refuses_the_file_refuses_in_the_same_words() -> None:
    with pytest.raises(ConfigurationInvalid, match="“no es” is not an e-mail address"):
        apply(written(from_address="no es"), by=ANA, now=NOW)
    assert not Sender.objects.exists()
    assert not AuditEntry.objects.exists()


def test_r14_a_rest_is_not_ended_by_a_file_that_changes_no_connection() -> None:
    apply(written(), by=ANA, now=NOW)
    Sender.objects.update(paused_until=NOW, failure_count=3, paused_reason="no")
    apply(written(from_name="Estación"), by=ANA, now=NOW)
    sender = Sender.objects.get()
    assert (sender.from_name, sender.paused_until, sender.failure_count) == ("Estación", NOW, 3)
    assert sender.paused_reason == "no"


def test_a_modem_has_no_password_to_wait_for() -> None:
    head = f'format = {FORMAT}\n[[sender]]\nname = "Módem"\nchannel = "sms"\nkind = "gammu"\n'
    apply(f"{head}[sender.options]\nfolder = '/var/spool/gammu'\n", by=ANA, now=NOW)
    sender = Sender.objects.get()
    assert (sender.is_active, sender.paused_reason) == (True, "")


def test_what_is_to_be_entered_first_is_called_as_on_the_page() -> None:
    sender = Sender(name="WA", channel="whatsapp", kind="whatsapp", is_active=False)
    with pytest.raises(SenderInvalid, match=r"“WA”: “Access token” is empty\. Enter it first"):
        resume(sender, by=ANA, now=NOW)
