"""The front page: figures that lead to their lists, what to decide, sources in words."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from emailketing.accounts.models import AuditEntry
from emailketing.events.models import Event
from emailketing.outbox.models import IN_TEST_INBOX, Message, State
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule, Undelivered
from emailketing.web.console.dashboard.figures import chart, figures, nice_top

SignIn = Callable[[str], Client]


def front(client: Client) -> str:
    return client.get("/").content.decode()


def test_every_figure_leads_to_a_list_of_as_many(story: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("reader")
    found = re.findall(r'class="ek-kpi[^"]*" href="([^"]+)"><b>(\d+)</b>', front(client))
    assert len(found) == 6  # the test inbox has its own: the story has one there
    for address, count in found:
        html = client.get(address.replace("&amp;", "&")).content.decode()
        assert len(re.findall(r'href="/outbox/message/\d+/change/', html)) == int(count), address


def test_what_waits_for_a_person_is_listed_with_its_page(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    html = front(signed_in("reader"))
    assert f'href="/messages/{story["messages"]["in_doubt"].pk}/"' in html
    assert "state=held" in html


def test_a_failure_says_what_happened_and_what_to_do(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    html = front(signed_in("reader"))
    assert "550 User unknown" in html
    assert f'href="/messages/{story["messages"]["failed"].pk}/"' in html


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"problem": "The server does not answer.", "status": "trouble"}, "does not answer"),
        ({"paused_processes": {"sale": "No column total in ventas."}}, "No column total"),
    ],
)
def test_the_health_of_a_source_is_told_in_words(
    values: dict[str, Any], words: str, story: dict[str, Any], signed_in: SignIn
) -> None:
    Source.objects.update(**values)
    assert words in front(signed_in("reader"))


def test_an_empty_installation_is_calm(staff: dict[str, Any], signed_in: SignIn) -> None:
    html = front(signed_in("reader"))
    assert html.count("task_alt") == 2
    assert "ek-kpi--bad" not in html


@pytest.mark.django_db
def test_the_chart_counts_by_local_days(story: dict[str, Any]) -> None:
    """02:00 UTC is still yesterday in Asunción (UTC−3)."""
    now = datetime(2026, 11, 24, 15, tzinfo=UTC)
    Message.objects.update(created_at=datetime(2026, 11, 20, 2, tzinfo=UTC))
    with timezone.override("America/Asuncion"):
        bars = {bar.day.isoformat(): bar.sent + bar.failed for bar in chart(now).bars}
    assert len(bars) == 14
    assert bars["2026-11-19"] > 0
    assert bars["2026-11-20"] == 0


@pytest.mark.django_db
def test_the_figures_of_today_begin_at_local_midnight(story: dict[str, Any]) -> None:
    now = datetime(2026, 11, 24, 15, tzinfo=UTC)
    Message.objects.update(
        state="accepted", is_redirected=False, created_at=datetime(2026, 11, 24, 2, tzinfo=UTC)
    )
    with timezone.override("America/Asuncion"):
        assert figures(now)[0].count == 0
        Message.objects.update(created_at=now - timedelta(hours=11))
        assert figures(now)[0].count == Message.objects.count()


@pytest.mark.django_db
def test_s34_what_went_to_the_test_inbox_is_never_called_sent(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    now = datetime(2026, 11, 24, 15, tzinfo=UTC)
    Message.objects.update(state="accepted", is_redirected=True, created_at=now)
    count = Message.objects.count()
    sent, caught = figures(now)[:2]
    assert (sent.count, caught.count) == (0, count)
    assert sum(bar.sent for bar in chart(now).bars) == 0
    assert sum(bar.caught for bar in chart(now).bars) == count
    client = signed_in("reader")
    page = "/outbox/message/?period=all&state={}"
    rows = r'href="/outbox/message/\d+/change/'
    assert not re.findall(rows, client.get(page.format("sent")).content.decode())
    listed = client.get(page.format("inbox")).content.decode()
    assert len(re.findall(rows, listed)) == count
    assert f">{State.ACCEPTED.label}<" not in listed
    message = Message.objects.first()
    assert message is not None
    html = client.get(f"/messages/{message.pk}/").content.decode()
    with translation.override("es"):
        caught_word, sent_word = f">{IN_TEST_INBOX}<", f">{State.ACCEPTED.label}<"
        assert caught_word in html
        assert sent_word not in html
        Message.objects.update(is_redirected=False)
        assert sent_word in client.get(f"/messages/{message.pk}/").content.decode()


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 5), (5, 5), (6, 10), (11, 20), (21, 50), (51, 100), (999_999, 1_000_000)],
)
def test_the_axis_ends_at_a_round_number(highest: int, top: int) -> None:
    assert nice_top(highest) == top


def lost_message(story: dict[str, Any], now: datetime) -> Undelivered:
    """Note that the message of the story that failed did not arrive, as the worker does."""
    message = story["messages"]["failed"]
    rule = Rule.objects.create(
        name="Orden al proveedor",
        source=Source.objects.first() or Source.objects.create(created_at=now),
        process="purchase_order",
        created_at=now,
    )
    rule.choose("email", template=message.revision.template)
    rule.save()
    event = Event.objects.first()
    return Undelivered.objects.create(
        message=message, rule=rule, event=event, at=now, detail="550 User unknown"
    )


def test_what_did_not_arrive_waits_on_the_front_page_until_it_is_taken_care_of(
    story: dict[str, Any], signed_in: SignIn, now: datetime
) -> None:
    lost = lost_message(story, now)
    place = f"/messages/undelivered/#lost-{lost.pk}"
    assert place in front(signed_in("reader"))
    seen = f"/messages/undelivered/{lost.pk}/seen/"
    page = signed_in("reader").get("/messages/undelivered/").content.decode()
    assert lost.message.address in page
    assert seen not in page, "a reader decides nothing"
    assert signed_in("reader").post(seen).status_code == 403
    client = signed_in("operator")
    assert seen in client.get("/messages/undelivered/").content.decode()
    assert client.get(seen).status_code == 405
    client.post(seen)
    assert place not in front(client)
    assert AuditEntry.objects.filter(action="seen", username="operator").count() == 1
