"""The ledger on the screen: the list, the page with its story, decisions by POST."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from emailketing.accounts.models import AuditEntry
from emailketing.content.models import Revision
from emailketing.outbox.models import Attempt, Decision, Message, State

SignIn = Callable[[str], Client]
LIST = "/outbox/message/"


@pytest.fixture
def now() -> Iterator[datetime]:
    """Noon in Asunción, for the views too: what was some minutes ago is of today."""
    noon = datetime(2026, 11, 25, 15, tzinfo=UTC)
    with time_machine.travel(noon):
        yield noon


def listed(client: Client, query: str) -> list[str]:
    """The documents in the list, as written in its rows."""
    html = client.get(f"{LIST}?{query}").content.decode()
    return re.findall(r"OC-\d{4}", "".join(re.findall(r"<tbody.*?</tbody>", html, re.DOTALL)))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=in_doubt", {"OC-0020"}),
        ("state=held", {"OC-0021"}),
        ("state=failed&period=today", {"OC-0022"}),
        ("state=waiting", {"OC-0018", "OC-0019"}),
        ("where=inbox", {"OC-0017"}),
        ("state=sent&period=today&where=recipient", set[str]()),
        ("q=laespiga@", {"OC-0019", "OC-0022"}),
        ("q=OC-0023", {"OC-0023"}),
        ("q=espiga+OC-0022", {"OC-0022"}),
        ("q=nobody@nowhere.test", set[str]()),
    ],
)
def test_the_list_is_filtered_and_searched(
    query: str, expected: set[str], story: dict[str, Any], signed_in: SignIn
) -> None:
    assert set(listed(signed_in("reader"), query)) == expected


def test_an_address_is_searched_by_any_part(story: dict[str, Any], signed_in: SignIn) -> None:
    for part in ("espiga@correo", "ESPIGA%40", "correo.te"):
        assert set(listed(signed_in("reader"), f"q={part}")) == {"OC-0019", "OC-0022"}


def test_the_list_shows_the_last_month_unless_asked_for_more(
    story: dict[str, Any], signed_in: SignIn, now: datetime
) -> None:
    old = story["messages"]["accepted"]
    Message.objects.filter(pk=old.pk).update(created_at=now.replace(year=now.year - 2))
    client = signed_in("reader")
    assert "OC-0017" not in listed(client, "")
    assert "OC-0017" in listed(client, "period=all")


def test_the_list_never_counts_the_whole_ledger(
    story: dict[str, Any], signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("reader")
    with django_assert_max_num_queries(14) as queries:
        client.get(LIST)
    assert [q for q in queries.captured_queries if "COUNT(" in q["sql"]] == []


def test_the_page_tells_the_whole_story_in_order(story: dict[str, Any], signed_in: SignIn) -> None:
    answer = signed_in("reader").get(f"/messages/{story['messages']['in_doubt'].pk}/")
    html = answer.content.decode().split('<ol class="ek-timeline">')[1].split("</ol>")[0]
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))
    parts = [
        "Sistema de la estación",  # captured
        "borrador → confirmada",
        "Purchase confirmed",  # event
        "Orden de compra al proveedor",  # rule
        "Lubricantes del Este",  # queued
        "mail.estacion.test:587",  # attempt
        "connection lost after the final dot",
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places, dict(zip(parts, places, strict=True))
    assert places == sorted(places)


def test_the_server_answered_only_where_it_did(story: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("reader")
    doubt = client.get(f"/messages/{story['messages']['in_doubt'].pk}/").content.decode()
    assert "connection lost after the final dot" in doubt
    assert "Sin respuesta de mail.estacion.test:587" in unescape(doubt)
    assert "El servidor mail.estacion.test:587 respondió" not in unescape(doubt)
    taken = client.get(f"/messages/{story['messages']['accepted'].pk}/").content.decode()
    assert "El servidor mail.estacion.test:587 respondió: 250" in unescape(taken)


def test_times_are_local(story: dict[str, Any], signed_in: SignIn) -> None:
    """UTC−3 in Asunción: what was queued at 20:00 UTC stands there as 17:00."""
    message = story["messages"]["ready"]
    at = datetime.fromisoformat("2026-11-24T20:00:05+00:00")
    Message.objects.filter(pk=message.pk).update(created_at=at)
    html = signed_in("reader").get(f"/messages/{message.pk}/").content.decode()
    assert "24/11/2026 17:00:05" in html


def test_s12_the_preview_is_sandboxed_and_may_load_nothing(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    page = signed_in("reader").get(f"/messages/{story['messages']['accepted'].pk}/")
    html = page.content.decode()
    frames = re.findall(r"<iframe ([^>]*)>", html)
    assert len(frames) == 2
    for frame in frames:
        assert 'sandbox=""' in frame
        shown = unescape(frame.split('srcdoc="')[1].split('"')[0])
        assert shown.startswith("<!doctype html><meta http-equiv=")
        assert "default-src 'none'" in shown
        assert "Orden de compra OC-0017" in shown


def test_s12_a_hostile_mail_cannot_leave_its_attribute(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    message = story["messages"]["accepted"]
    evil = '"><script>alert(1)</script><iframe src="https://evil.test"></iframe>'
    Revision.objects.filter(pk=message.revision_id).update(html=evil)
    html = signed_in("reader").get(f"/messages/{message.pk}/").content.decode()
    assert "<script>alert(1)" not in html
    assert 'src="https://evil.test"' not in html


def test_a_text_that_cannot_be_written_out_is_said_in_a_sentence(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    message = story["messages"]["accepted"]
    Revision.objects.filter(pk=message.revision_id).update(html="{{ not.there }}")
    page = signed_in("reader").get(f"/messages/{message.pk}/")
    assert page.status_code == 200
    assert "broken_image" in page.content.decode()
    assert signed_in("reader").get(f"/messages/{message.pk}/source/").status_code == 409


def test_the_source_is_what_goes_over_the_wire(story: dict[str, Any], signed_in: SignIn) -> None:
    message = story["messages"]["accepted"]
    answer = signed_in("reader").get(f"/messages/{message.pk}/source/")
    assert message.message_id.encode() in answer.content
    assert answer.headers["Content-Type"] == "message/rfc822"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_pdf_opens_in_the_browser(story: dict[str, Any], signed_in: SignIn) -> None:
    answer = signed_in("reader").get(f"/messages/{story['messages']['accepted'].pk}/files/1/")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("state", "action", "becomes"),
    [
        ("in_doubt", "sent", State.ACCEPTED),
        ("in_doubt", "again", State.READY),
        ("in_doubt", "give-up", State.FAILED),
        ("held", "release", State.READY),
        ("held", "cancel", State.CANCELLED),
        ("ready", "cancel", State.CANCELLED),
        ("deferred", "cancel", State.CANCELLED),
    ],
)
def test_a_decision_asks_first_and_is_noted_with_its_reason(
    state: str, action: str, becomes: str, story: dict[str, Any], signed_in: SignIn
) -> None:
    message, client = story["messages"][state], signed_in("operator")
    address = f"/messages/{message.pk}/{action}/"
    assert f'href="{address}"' in client.get(f"/messages/{message.pk}/").content.decode()
    assert client.get(address).status_code == 200
    message.refresh_from_db()
    assert message.state == state, "asking changes nothing"
    client.post(address, {"reason": "called the supplier"})
    message.refresh_from_db()
    assert message.state == becomes
    decision = Decision.objects.filter(message=message).latest("pk")
    assert (decision.by, decision.note) == ("operator", "called the supplier")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.username, entry.object_id) == (action, "operator", str(message.pk))


def test_r24_the_release_of_what_may_have_arrived_says_so(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    message, client = story["messages"]["held"], signed_in("operator")
    Message.objects.filter(pk=message.pk).update(state=State.QUARANTINED)
    address, warning = f"/messages/{message.pk}/release/", "que ya haya llegado"
    assert warning not in client.get(address).content.decode()
    Attempt.objects.create(
        message=message, number=1, outcome=Attempt.Outcome.IN_DOUBT, started_at=message.created_at
    )
    assert warning in client.get(address).content.decode()
    assert (
        f'href="/messages/{message.pk}/sent/"'
        in client.get(f"/messages/{message.pk}/").content.decode()
    ), "whoever asked and heard that it came can say so"


def test_writing_once_more_leads_to_the_new_message(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    old = story["messages"]["failed"]
    answer = signed_in("operator").post(f"/messages/{old.pk}/resend/", {"reason": "new address"})
    new = Message.objects.latest("pk")
    assert answer.headers["Location"] == f"/messages/{new.pk}/"
    assert (new.address, new.state) == (old.address, State.READY)
    old.refresh_from_db()
    assert old.state == State.FAILED


def test_who_comes_too_late_reads_how_it_stands(story: dict[str, Any], signed_in: SignIn) -> None:
    message = story["messages"]["in_doubt"]
    client = signed_in("operator")
    client.post(f"/messages/{message.pk}/sent/", {"reason": "they have it"})
    page = client.post(f"/messages/{message.pk}/again/", {"reason": "?"}, follow=True)
    assert [str(m) for m in page.context["messages"]] != []
    message.refresh_from_db()
    assert message.state == State.ACCEPTED


def test_a_reader_sees_no_decisions(story: dict[str, Any], signed_in: SignIn) -> None:
    message = story["messages"]["in_doubt"]
    html = signed_in("reader").get(f"/messages/{message.pk}/").content.decode()
    assert f"/messages/{message.pk}/again/" not in html
