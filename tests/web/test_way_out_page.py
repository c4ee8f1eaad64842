"""/u/<token>: what a reader gets, without an account; and what mail programs and scanners send."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from emailketing.accounts.models import AuditEntry
from emailketing.cli.show import clock
from emailketing.contacts.models import Address, Contact, Suppression
from emailketing.contacts.suppress import opt_out, suppress
from emailketing.links.models import SignedLink
from emailketing.links.out import OUT, out_links
from emailketing.links.signed import LinkReader, erase_links, token_of
from emailketing.outbox.models import MailClass, State
from emailketing.preferences.by_mail import end_by_mail
from emailketing.preferences.forget import forget_person
from emailketing.sources.documents.contacts import PartyRead, save_contacts
from emailketing.sources.models import Source
from tests.outbox import cast
from tests.web.published import publish

pytestmark = pytest.mark.django_db
ANA = "ana@cliente.test"
FORM = "application/x-www-form-urlencoded"
ONE_CLICK = "List-Unsubscribe=One-Click"
Noted = set[tuple[str, str, str]]


@pytest.fixture
def visitor(settings: Settings) -> Client:
    cast.go_live()
    cast.allow_links(clock())
    return publish(settings)


def link(about: str = "marketing", address: str = ANA, language: str = "en") -> SignedLink:
    reader = LinkReader("email", address, language=language)
    [found] = out_links(about, [reader], now=clock()).values()
    return found


def path(about: str = "marketing", address: str = ANA, language: str = "en") -> str:
    return f"/u/{token_of(link(about, address, language))}"


def noted() -> Noted:
    rows = Suppression.objects.values_list("value", "mail_class", "via")
    return {(value, mail_class, via) for value, mail_class, via in rows}


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


# ── what mail programs send (RFC 8058) ──

MULTIPART = (
    b'------abc\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
    b"One-Click\r\n------abc--\r\n"
)
PROGRAMS = {
    "Google": (FORM, ONE_CLICK.encode(), {"User-Agent": "Google-Unsubscribe-Service"}),
    "Yahoo": (FORM, ONE_CLICK.encode(), {"User-Agent": "YahooMailProxy; https://help.yahoo.com"}),
    "with a charset": (f"{FORM}; charset=UTF-8", ONE_CLICK.encode(), {}),
    "multipart": ("multipart/form-data; boundary=----abc", MULTIPART, {"User-Agent": ""}),
    "says nothing of its body": ("", ONE_CLICK.encode(), {"User-Agent": "Apple Mail"}),
    "text": ("text/plain", ONE_CLICK.encode() + b"\r\n", {"User-Agent": "curl/8"}),
    "cookies and a referrer": (
        FORM,
        ONE_CLICK.encode(),
        {"Cookie": "sessionid=stolen", "Referer": "https://mail.test/", "Origin": "https://x.test"},
    ),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_u1_one_click_ends_it_without_cookie_or_redirect(visitor: Client, program: str) -> None:
    kind, body, headers = PROGRAMS[program]
    for _twice in range(2):
        answer = visitor.post(path(), body, content_type=kind, headers=headers)
        assert answer.status_code == 200
        assert not answer.cookies
        assert "Location" not in answer.headers
        assert "you get no more of them" in text_of(answer)
    assert noted() == {(ANA, "marketing", "one_click")}
    assert AuditEntry.objects.filter(action="opted_out").count() == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, b""),
        (FORM, b"List-Unsubscribe=no"),
        (FORM, b"list-unsubscribe=One-Click"),
        ("text/plain", b"stop"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("application/json", b'{"List-Unsubscribe": "One-Click"}'),
    ],
)
def test_anything_else_that_is_posted_changes_nothing(
    visitor: Client, kind: str, body: bytes
) -> None:
    answer = visitor.post(path(), body, content_type=kind)
    assert answer.status_code in (200, 400)
    assert noted() == set()


@pytest.mark.parametrize(
    "agent",
    ["", "Mozilla/5.0", "GoogleImageProxy", "Proofpoint", "Barracuda Sentinel", "Slackbot 1.0"],
)
def test_u2_scanners_that_follow_every_link_change_nothing(visitor: Client, agent: str) -> None:
    before = state_of_everything()
    for query in ("", "?do=end:marketing", f"?{ONE_CLICK}", "?do=end:all"):
        for method in (visitor.get, visitor.head):
            assert method(path() + query, headers={"User-Agent": agent}).status_code == 200
    for other in (visitor.put, visitor.delete, visitor.patch):
        assert other(path()).status_code == 405
    assert state_of_everything() == before


def state_of_everything() -> str:
    from io import StringIO

    link()
    out = StringIO()
    call_command("dumpdata", "contacts", "links", "accounts", "outbox", stdout=out)
    return out.getvalue()


# ── links that are none, or of another ──


def test_s17_forged_cut_and_strange_tokens_say_one_sentence_and_change_nothing(
    visitor: Client,
) -> None:
    mine, other = token_of(link()), token_of(link(address="beto@cliente.test"))
    forged = [mine[:-1] + ("A" if mine[-1] != "A" else "B"), mine[:4] + other[4:], mine[1:]]
    said = set()
    for token in (*forged, "x", "A" * 20, "A" * 400, "AAAA%00", mine.swapcase()):
        for answer in (visitor.get(f"/u/{token}"), visitor.post(f"/u/{token}", ONE_CLICK, FORM)):
            assert answer.status_code == 404
            said.add(text_of(answer))
    assert len(said) == 1
    assert "This link is not valid" in said.pop()
    assert noted() == set()


def test_s17_only_the_link_says_whose_wishes_they_are(visitor: Client) -> None:
    link(address="beto@cliente.test")
    sent = {"do": "end:marketing", "address": "beto@cliente.test", "contact": "1"}
    visitor.post(path(), sent)
    assert noted() == {(ANA, "marketing", "page")}


@pytest.mark.parametrize("purpose", ["report", "copy"])
def test_s17_a_link_of_another_purpose_ends_nothing(visitor: Client, purpose: str) -> None:
    made = link()
    SignedLink.objects.filter(pk=made.pk).update(purpose=purpose)
    made.refresh_from_db()
    assert visitor.post(f"/u/{token_of(made)}", ONE_CLICK, FORM).status_code == 404
    assert noted() == set()


def test_a_link_a_year_after_the_last_message_is_over(visitor: Client) -> None:
    address = path()
    SignedLink.objects.update(expires_at=clock() - timedelta(seconds=1))
    for answer in (visitor.get(address), visitor.post(address, ONE_CLICK, FORM)):
        assert answer.status_code == 410
        assert "Nothing was changed." in text_of(answer)
    assert noted() == set()


def test_a_link_of_somebody_who_was_erased_is_none(visitor: Client) -> None:
    address = path()
    assert erase_links(ANA.upper()) == 1
    answer = visitor.post(address, ONE_CLICK, FORM)
    assert (answer.status_code, noted()) == (404, set())
    assert "This link is not valid" in text_of(answer)


def test_who_is_deleted_takes_the_links_along_that_were_his_alone(visitor: Client) -> None:
    shared = "oficina@cliente.test"
    made = person(shared)
    Address.objects.create(contact=Contact.objects.create(name="Beto"), value=shared.upper())
    own, of_both = path(), path(address=shared)
    opt_out(ANA, "greeting", now=clock())
    forget_person(made, by="rosa", now=clock())
    assert visitor.get(own).status_code == 404
    assert visitor.get(of_both).status_code == 200
    assert {value for value, *_more in noted()} == {ANA}


# ── the page ──


def test_the_page_shows_each_kind_and_an_end_can_be_undone(visitor: Client) -> None:
    page = text_of(visitor.get(path()))
    for words in ("Reports", "Greetings", "News and offers", "End everything", ANA):
        assert words in page
    answer = visitor.post(path(), {"do": "end:greeting"})
    assert 'value="resume:greeting"' in answer.content.decode()
    assert "Undo" in text_of(answer)
    assert noted() == {(ANA, "greeting", "page")}
    visitor.post(path(), {"do": "resume:greeting"})
    assert noted() == set()
    assert set(AuditEntry.objects.values_list("action", "username")) >= {
        ("opted_out", f"reader {ANA}, by his link"),
        ("opted_in", f"reader {ANA}, by his link"),
    }


def test_b5_everything_is_ended_and_the_own_order_still_leaves(visitor: Client) -> None:
    answer = visitor.post(path(), {"do": "end:all"})
    assert "You have ended everything" in text_of(answer)
    sender = cast.sender(9)
    own = cast.queue(ANA, sender, key="own", mail_class=MailClass.TRANSACTIONAL)
    offer = cast.queue(ANA, sender, key="offer", mail_class=MailClass.MARKETING)
    assert (own.state, offer.state) == (State.READY, State.SUPPRESSED)
    visitor.post(path(), {"do": "resume:all"})
    again = cast.queue(ANA, sender, key="again", now=clock(), mail_class=MailClass.GREETING)
    assert again.state == State.READY


@pytest.mark.parametrize("reason", ["bounce", "complaint", "operator"])
def test_what_others_noted_a_reader_cannot_take_back(visitor: Client, reason: str) -> None:
    suppress(ANA, Suppression.Reason(reason), now=clock())
    assert "Nothing is written to this address now" in text_of(visitor.get(path()))
    visitor.post(path(), {"do": "resume:all"})
    assert Suppression.objects.get().reason == reason


def test_u4_the_message_it_answers_is_kept(visitor: Client) -> None:
    sender, sent_at = cast.sender(9), clock() - timedelta(hours=1)
    message = cast.queue(ANA, sender, mail_class=MailClass.MARKETING, now=sent_at)
    type(message).objects.update(state=State.DELIVERED)
    cast.queue(ANA, sender, key="later", mail_class=MailClass.MARKETING, now=clock())
    visitor.post(path(), ONE_CLICK, FORM)
    assert Suppression.objects.get().message == message.pk


def test_a_mail_to_us_ends_what_its_subject_names(visitor: Client) -> None:
    del visitor
    token, now = token_of(link()), clock()
    for subject in ("hello", f"u-{token[:-1]}", f"Re: u-{token}x", "u-" + "A" * 20):
        assert not end_by_mail(subject, now=now)
    assert noted() == set()
    for subject in (f"u-{token}", f"Re: [bulk] u-{token} "):
        assert end_by_mail(subject, now=now)
    assert noted() == {(ANA, "marketing", "mailto")}


def person(*more: str, **own: str) -> Contact:
    made = Contact.objects.create(name="Ana", language="en", **own)
    Address.objects.create(contact=made, value=ANA)
    for value in more:
        Address.objects.create(contact=made, kind="email" if "@" in value else "phone", value=value)
    return made


def test_language_and_channel_are_the_persons_own(visitor: Client) -> None:
    made = person("+595981123456")
    cast.sender(9)
    cast.phone_sender()
    page = text_of(visitor.get(path()))
    assert "First by SMS" in page
    assert "Português" in page
    visitor.post(path(), {"do": "channel:sms"})
    answer = visitor.post(path(), {"do": "language:pt"})
    made.refresh_from_db()
    assert made.channel_order["any"] == ["sms", "email"]
    assert made.language == "pt"
    assert 'lang="pt"' in answer.content.decode()
    visitor.post(path(), {"do": "channel:"})
    made.refresh_from_db()
    assert "any" not in made.channel_order


def test_the_language_he_chose_stays_whatever_the_business_system_says(visitor: Client) -> None:
    made = person(source="estacion", key="P1")
    visitor.post(path(), {"do": "language:pt"})
    said = PartyRead("P1", exists=True, name="A", language="es")
    save_contacts(Source(slug="estacion"), [said], now=clock())
    made.refresh_from_db()
    assert (made.name, made.language) == ("A", "pt")


def test_whom_only_a_report_names_has_neither(visitor: Client) -> None:
    page = text_of(visitor.get(path()))
    assert "How we reach you" not in page
    assert "Português" not in page


@pytest.mark.parametrize("choice", ["end:", "end:transactional", "end:security", "end:report:999"])
def test_what_cannot_be_ended_is_refused_in_words(visitor: Client, choice: str) -> None:
    answer = visitor.post(path(), {"do": choice})
    assert "That cannot be chosen any more" in text_of(answer)
    assert noted() == set()


@pytest.mark.parametrize(("language", "words"), [("es", "Deshacer"), ("pt", "Desfazer")])
def test_the_page_speaks_the_readers_language(visitor: Client, language: str, words: str) -> None:
    answer = visitor.post(
        path(language=language), {"do": "end:marketing"}, headers={"Accept-Language": "en"}
    )
    assert f'lang="{language}"' in answer.content.decode()
    assert words in text_of(answer)


def test_s18_nothing_follows_the_reader(visitor: Client) -> None:
    answer = visitor.get(path())
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "<script" not in answer.content.decode()
    assert "http" not in re.sub(r"<!doctype[^>]*>", "", answer.content.decode())
    assert OUT not in answer.headers.get("Set-Cookie", "")
