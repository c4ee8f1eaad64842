"""A reader gets a report less often, pauses it or ends it by his own link (P9)."""

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from emailketing.accounts.models import AuditEntry
from emailketing.cli.show import clock
from emailketing.links.models import SignedLink
from emailketing.links.out import OUT
from emailketing.links.signed import url_of
from emailketing.outbox.queueing.material import material_of
from emailketing.outbox.queueing.write_out import words_of
from emailketing.schedule.models import Run
from emailketing.triggers.reports.definition.readers import (
    PAUSED_FOR,
    ChoiceUnknown,
    CopyPlace,
    choose_copy,
    leaves_out,
    readers_of,
    state_word,
)
from emailketing.triggers.reports.models import Report, ReportReader
from tests.cli.test_sender_message import run as command
from tests.triggers.reports.cast import NOW, ReportCast, messages
from tests.triggers.reports.test_pages import allow_links
from tests.web.published import publish

pytestmark = pytest.mark.django_db
BOSS, ANA = "boss@shop.example", "ana@shop.example"
TO_BOTH = [{"kind": "address", "value": address, "language": "en"} for address in (BOSS, ANA)]
PLACE = CopyPlace("email", "ANA@shop.example ")
DAY = timedelta(days=1)


@pytest.fixture
def visitor(settings: Settings) -> Client:
    return publish(settings)


def daily(cast: ReportCast) -> Report:
    for number in range(10):
        day = (NOW + (number - 1) * DAY).date().isoformat()
        cast.sell(("Central", "ana", 300), day=day)
    return cast.report(recipients=TO_BOTH)


def written_to(address: str) -> int:
    return sum(message.address == address for message in messages())


def path_of(address: str) -> str:
    return urlsplit(url_of(SignedLink.objects.get(purpose=OUT, address=address))).path


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode())))


def test_p9_each_mail_has_its_readers_own_link(cast: ReportCast, visitor: Client) -> None:
    allow_links()
    cast.run(daily(cast))
    for message in messages():
        words = words_of(message, material_of(message))
        link = message.fields["_copy"]
        assert link.endswith(path_of(message.address))
        assert f'href="{link}"' in html.unescape(words.html)
        assert link in words.text
        assert "write to" not in words.text
        page = text_of(visitor.get(urlsplit(link).path))
        assert f"to {message.address}." in page
        assert "Each time." in page


def test_p9_without_links_the_mail_says_whom_to_write_to(cast: ReportCast) -> None:
    cast.run(daily(cast))
    words = words_of(messages()[0], material_of(messages()[0]))
    for text in (words.text, html.unescape(words.html)):
        assert "To get this report less often, pause it or end it, answer this mail." in text
    assert "/u/" not in words.html


def test_u2_a_look_changes_nothing(cast: ReportCast, visitor: Client) -> None:
    allow_links()
    cast.run(daily(cast))
    for _time in range(3):
        assert visitor.get(path_of(ANA), {"do": "end"}).status_code == 200
        assert visitor.head(path_of(ANA)).status_code == 200
    assert visitor.put(path_of(ANA)).status_code == 405
    assert not ReportReader.objects.exists()


def test_p9_a_button_ends_it_the_owner_sees_it_and_another_brings_it_back(
    cast: ReportCast, visitor: Client
) -> None:
    allow_links()
    report = daily(cast)
    cast.run(report)
    answer = visitor.post(
        path_of(ANA), {"do": f"end:{report.trigger}"}
    )  # no cookie, no token of a form
    assert "Saved: ended" in text_of(answer)
    assert not answer.cookies
    assert visitor.post(path_of(ANA), {"do": f"end:{report.trigger}"}).status_code == 200
    [wish] = readers_of(report)
    assert (wish.address, wish.is_ended, wish.changed_by) == (
        ANA,
        True,
        f"reader {ANA}, by his link",
    )
    [noted] = AuditEntry.objects.filter(changes__has_key=ANA)
    assert noted.changes[ANA] == ["each", "end"]
    run = cast.run(report, NOW + DAY)
    assert (run.state, run.messages) == (Run.State.SENT, 1)
    assert "Left out by their own wish: 1." in run.in_words
    assert "ended" in command("report", "readers", str(report.pk)).output
    assert "Saved: each time" in text_of(
        visitor.post(path_of(ANA), {"do": f"each:{report.trigger}"})
    )
    assert cast.run(report, NOW + 2 * DAY).messages == 2


def test_s17_the_link_of_one_acts_for_no_other(cast: ReportCast, visitor: Client) -> None:
    allow_links()
    cast.run(daily(cast))
    token = path_of(ANA).rpartition("/")[2]
    for bad in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[1:], "x", "A" * 20):
        assert visitor.post(f"/u/{bad}", {"do": "end"}).status_code == 404
    page = SignedLink.objects.get(purpose="report", address=ANA)
    page_token = url_of(page).rpartition("/")[2]
    assert visitor.post(f"/u/{page_token}", {"do": "end"}).status_code == 404
    assert visitor.get(f"/r/{token}").status_code == 404
    about = SignedLink.objects.get(purpose=OUT, address=ANA).about
    visitor.post(path_of(ANA), {"do": f"end:{about}", "address": BOSS, "report": "7"})
    assert [wish.address for wish in ReportReader.objects.all()] == [ANA]
    for bad in ("", "END", "delete", "x" * 500, "each' OR 1=1"):
        assert "Saved" not in text_of(visitor.post(path_of(BOSS), {"do": bad}))
    assert ReportReader.objects.count() == 1


def test_a_link_of_a_year_ago_still_works_until_its_report_is_gone(
    cast: ReportCast, visitor: Client
) -> None:
    allow_links()
    report = daily(cast)
    cast.run(report)
    SignedLink.objects.update(created_at=clock() - timedelta(days=400))
    asked = {"do": f"end:{report.trigger}"}
    assert "Saved: ended" in text_of(visitor.post(path_of(ANA), asked))
    report.delete()
    assert "cannot be chosen any more" in text_of(visitor.post(path_of(ANA), asked))


@pytest.mark.parametrize(
    ("choice", "wanted"),
    # Monday 30 November to Wednesday 6 January, 38 days, the first one written before the choice
    [("each", 38), ("weekly", 6), ("monthly", 3), ("pause", 9), ("end", 1)],
)
def test_p9_less_often_is_once_a_week_or_month_of_the_report(
    cast: ReportCast, choice: str, wanted: int
) -> None:
    report = cast.report(recipients=TO_BOTH)
    wish, had = choose_copy(report, PLACE, choice, by="ana", now=NOW), 1
    wish.last_instant = NOW
    for number in range(1, 38):
        instant = NOW + number * DAY
        if not leaves_out(wish, instant, "America/Asuncion"):
            assert not leaves_out(wish, instant, "America/Asuncion")  # also for a second worker
            wish.last_instant, had = instant, had + 1
    assert had == wanted


def test_p9_once_a_week_over_two_runs(cast: ReportCast) -> None:
    report = daily(cast)
    cast.run(report)
    choose_copy(report, PLACE, "weekly", by="ana", now=NOW)
    cast.run(report, NOW + DAY)
    cast.run(report, NOW + 7 * DAY)
    cast.by_hand(report, "t", only_to=ANA)
    assert (written_to(BOSS), written_to(ANA)) == (3, 3)


def test_a_pause_ends_by_itself(cast: ReportCast) -> None:
    report = daily(cast)
    wish = choose_copy(report, PLACE, "pause", by="ana", now=NOW)
    assert wish.paused_until == (NOW + PAUSED_FOR).date()
    assert state_word(wish) == "pause 2026-12-30"


def test_whoever_ends_it_after_all_others_leaves_an_empty_run_and_no_failure(
    cast: ReportCast,
) -> None:
    report = daily(cast)
    for place in (PLACE, CopyPlace("email", BOSS)):
        choose_copy(report, place, "end", by="ana", now=NOW)
    run = cast.run(report)
    assert run.state == Run.State.EMPTY
    assert "Left out by their own wish: 2." in run.in_words
    assert messages() == []


def test_by_command_a_choice_that_is_none_is_one_sentence(cast: ReportCast) -> None:
    report = daily(cast)
    said = command("report", "reader", str(report.pk), ANA, "never", code=1).output
    assert "each, weekly, monthly, pause, end" in said
    said = command("report", "reader", str(report.pk), ANA, "weekly").output
    assert f"{ANA}: at most once a week" in said
    with pytest.raises(ChoiceUnknown):
        choose_copy(report, PLACE, "", by="ana", now=NOW)
