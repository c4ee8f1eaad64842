"""`emailketing sender` and `emailketing message`, as an operator types them."""

import json

import pytest
from typer.testing import CliRunner, Result

from emailketing.accounts.models import AuditEntry
from emailketing.channels.models import Sender
from emailketing.cli.app import app
from emailketing.company.models import Company
from emailketing.outbox.models import Dispatch, Message, State
from tests.far_side import far_side
from tests.outbox import cast

pytestmark = pytest.mark.django_db
SECRET = "una clave"  # noqa: S105 - of a test
ADD = ("sender", "add", "ventas", "--from-address", "ventas@estacion.test", "--host")


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result


def test_a_sender_is_added_changed_tried_and_switched_off_and_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EMAILKETING_SENDER_PASSWORD", SECRET)
    with far_side() as server:
        local = ("127.0.0.1", "--port", str(server.port), "--security", "plain")
        run(*ADD, *local, "--username", "ventas", "--daily-limit", "50")
        sender = Sender.objects.get()
        assert (sender.password, sender.daily_limit, sender.is_default) == (SECRET, 50, True)
        run("sender", "edit", "ventas", "--from-name", "Ñandutí", "--daily-limit", "0")
        sender.refresh_from_db()
        assert (sender.from_name, sender.daily_limit, sender.password) == ("Ñandutí", None, SECRET)
        Sender.objects.update(username="")
        assert "250" in run("sender", "test", "ventas", "--to", "ana@cliente.test").output
    message = Message.objects.get()
    assert (message.dispatch.trigger, message.state) == (f"test:{sender.pk}", State.READY)
    for wrong in (
        ("--daily-limit", "-5"),
        ("--connections", "0"),
        ("--per-second", "-1"),
        ("--price", "NaN"),
        ("--monthly-budget", "Infinity"),
        ("--from-name", "x" * 300),
    ):
        assert "Traceback" not in run("sender", "edit", "ventas", *wrong, code=1).output
    both = run(
        "sender", "edit", "ventas", "--price", "barato", "--connections", "99", code=1
    ).output
    assert ("price" in both, "connections" in both) == (True, True), "all at once"
    run("sender", "pause", "ventas", "--reason", "mudanza")
    assert "mudanza" in run("sender", "list").output
    run("sender", "resume", "ventas")
    assert Sender.objects.get().is_active
    assert SECRET not in str(list(AuditEntry.objects.values()))
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == [
        "created",
        "changed",
        "tested",
        "paused",
        "resumed",
    ]


def test_a_gateway_that_needs_no_password_is_added_without_a_keyboard() -> None:
    url = "url=https://sms.gateway.test/enviar"
    run("sender", "add", "SMS", "--kind", "http", "--from-address", "YkuaSati", "--option", url)
    sender = Sender.objects.get()
    assert (sender.channel, sender.is_default, sender.password_encrypted) == ("sms", True, "")


@pytest.mark.parametrize(
    "words",
    [
        (*ADD, "mail.test", "--security", "plain"),
        (*ADD, "mail.test", "--port", "0"),
        ("sender", "test", "nadie"),
        ("sender", "pause", "nadie"),
        ("message", "show", "999"),
        ("message", "source", "999"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(words: tuple[str, ...]) -> None:
    output = run(*words, code=1).output
    assert len(output.strip().splitlines()) == 1


def test_r24_releasing_what_may_have_arrived_wants_a_reason() -> None:
    message = cast.queue("ana@cliente.test", cast.sender(9))
    Message.objects.update(state=State.QUARANTINED)
    message.attempts.create(number=1, outcome="in_doubt", started_at=cast.NOON)
    refused = run("message", "release", str(message.pk), code=1)
    assert "que ya haya llegado" in refused.output
    assert "--reason" in refused.output
    assert Message.objects.get().state == State.QUARANTINED
    run("message", "release", str(message.pk), "--reason", "she has nothing")
    assert Message.objects.get().state == State.READY


def test_a_message_is_listed_shown_decided_and_sent_once_more() -> None:
    message = cast.queue("ana@cliente.test", cast.sender(9))
    number = str(message.pk)
    Message.objects.update(state=State.IN_DOUBT)
    assert "ana@cliente.test" in run("message", "list").output
    Dispatch.objects.update(document_label="Orden de compra OC-0017")
    for asked in (("--to", "ana@cliente.test"), ("--document", "oc-0017"), ("--state", "in_doubt")):
        assert "ana@cliente.test" in run("message", "list", *asked).output
    for other in (("--to", "0981123456"), ("--document", "nada"), ("--state", "ready")):
        assert "ana@cliente.test" not in run("message", "list", *other).output
    run("message", "list", "--to", "no es nada", code=1)
    run("message", "sent", number, "--reason", "me llamó")
    assert "me llamó" in run("message", "show", number).output
    run("message", "again", number, code=1)
    run("message", "resend", number, "--reason", "lo perdió")
    assert Message.objects.count() == 2
    assert run("message", "source", number).stdout_bytes.startswith(b"From: ")


def test_a_sender_of_another_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAILKETING_SENDER_PASSWORD", SECRET)
    Company.get()
    Company.objects.update(base_url="https://avisos.example.com/")
    add = ("sender", "add", "local", "--kind", "http", "--price", "95.5", "--per-second", "5")
    described = ("--option", "url=https://sms.example.com/send", "--option", "id_path=id")
    output = run(*add, *described).output
    sender = Sender.objects.get()
    assert (sender.kind, sender.channel, sender.password) == ("http", "sms", SECRET)
    assert f"https://avisos.example.com/hooks/{sender.hook_token}/" in output
    assert SECRET not in output
    run("sender", "edit", "local", "--option", "id_path=data.id", "--monthly-budget", "500000")
    sender.refresh_from_db()
    assert sender.options["id_path"] == "data.id"
    assert sender.options["url"] == "https://sms.example.com/send"
    assert "http" in run("sender", "list").output
    output = run("sender", "edit", "local", "--option", "method=PATCH", code=1).output
    assert output.startswith("method:")
    run("sender", "edit", "local", "--option", "nothing", code=1)
    run("sender", "add", "x", "--kind", "paloma", code=1)
    assert "smpp" in run("sender", "kinds").output
    assert "receipt_delivered" in run("sender", "kinds", "--kind", "http").output


def test_s34_a_list_and_what_programs_get_never_call_the_test_inbox_sent() -> None:
    message = cast.queue("ana@cliente.test", cast.sender(9))
    Message.objects.update(state=State.ACCEPTED, is_redirected=True, accepted_at=cast.NOON)
    assert "ana@cliente.test" not in run("message", "list", "--state", "accepted").output
    assert "ana@cliente.test" in run("message", "list", "--state", "test_inbox").output
    (told,) = json.loads(run("message", "list", "--json").output)
    assert (told["state"], told["accepted_at"], told["is_redirected"]) == ("test_inbox", None, True)
    sent = str(State.ACCEPTED.label)
    assert sent not in run("message", "show", str(message.pk)).output.splitlines()[3]
    Message.objects.update(is_redirected=False)
    assert "ana@cliente.test" in run("message", "list", "--state", "accepted").output
    assert sent in run("message", "show", str(message.pk)).output.splitlines()[3]
