"""Each message carries its reader's way out, frozen with it (deliverability §1.3, U1, T1)."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as Mail
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.contacts.suppress import opt_out
from emailketing.links.keys import new_link_key, signing_key
from emailketing.links.models import PublicAddress, SignedLink
from emailketing.links.out import VALID, out_links
from emailketing.links.signed import LinkReader, open_link
from emailketing.outbox.afterwards import resolve
from emailketing.outbox.classes import BULK
from emailketing.outbox.models import Message, State
from emailketing.outbox.policy import read_brakes
from emailketing.outbox.queueing.dispatch import MailClass, Recipient
from emailketing.outbox.queueing.headers import WayOut, list_headers
from emailketing.outbox.queueing.material import Library, material_of
from emailketing.outbox.queueing.preview import preview
from emailketing.outbox.queueing.write_out import write_out
from emailketing.outbox.sending.claim import ClaimLimit, claim
from emailketing.outbox.way_out import why_no_way_out
from tests.outbox import cast

pytestmark = pytest.mark.django_db
ANA = "Ana@cliente.test"
DATA = {"note": "¡listo!", "company": {"name": "Estación Ñandutí S.A.", "address": cast.STREET}}


@pytest.fixture
def sender() -> Sender:
    cast.go_live()
    cast.allow_links()
    return cast.sender(9)


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def queue(sender: Sender, mail_class: str, **values: Any) -> Message:
    defaults = {"data": DATA, "key": f"{mail_class}:{values}"[:255]}
    return cast.queue(ANA, sender, mail_class=MailClass(mail_class), **(defaults | values))


def source(message: Message) -> bytes:
    return write_out(message, material_of(message))


def mail(message: Message) -> Mail:
    return message_from_bytes(source(message))


def part(of: Mail, kind: str) -> str:
    [found] = [one for one in of.walk() if one.get_content_type() == kind]
    return bytes(found.get_payload(decode=True) or b"").decode()


def url_in(of: Mail) -> str:
    return str(of["List-Unsubscribe"]).strip("<>")


@pytest.mark.parametrize("mail_class", ["report", "greeting", "marketing"])
def test_u1_both_headers_and_the_list(sender: Sender, mail_class: str) -> None:
    made = mail(queue(sender, mail_class))
    url = url_in(made)
    assert url.startswith(f"{cast.PUBLIC}/u/")
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"<{mail_class}.lists.estacion.test>" in str(made["List-ID"])
    assert made["List-Help"] == (None if mail_class == "report" else f"<{url}>")
    link = open_link(urlsplit(url).path.rpartition("/")[2], "out", cast.NOON)
    assert (link.about, link.address, link.channel) == (mail_class, ANA.lower(), "email")


@pytest.mark.parametrize(
    ("language", "mail_class", "name"),
    [
        ("es", "greeting", "Saludos"),
        ("en", "greeting", "Greetings"),
        ("pt", "report", "Relatórios"),
        ("es", "marketing", "Novedades y ofertas"),
    ],
)
def test_the_list_is_called_in_the_language_of_the_mail(
    language: str, mail_class: str, name: str
) -> None:
    out = WayOut(mailto="bajas@estacion.test", token="a" * 20)
    found = dict(list_headers(mail_class, out, from_address="v@estacion.test", language=language))
    said = str(make_header(decode_header(found["List-ID"])))
    assert said.replace('"', "") == f"{name} <{mail_class}.lists.estacion.test>"


@pytest.mark.parametrize("mail_class", ["security", "transactional", "document"])
def test_what_is_ones_own_business_carries_none(sender: Sender, mail_class: str) -> None:
    made = mail(queue(sender, mail_class))
    assert not [name for name in made if name.lower().startswith("list-")]
    assert "/u/" not in part(made, "text/html")
    assert not SignedLink.objects.exists()


@pytest.mark.parametrize("mail_class", ["report", "greeting", "marketing"])
def test_t1_no_token_of_a_header_is_longer_than_76(sender: Sender, mail_class: str) -> None:
    host = "m." + "a" * 36 + ".test"
    Company.objects.update(public_url=f"https://{host}")
    PublicAddress.objects.update(url=f"https://{host}")
    label = "Ventas de cada día de la sucursal de Encarnación, con las devoluciones " * 3
    queued = queue(sender, mail_class, ends="report:12", trigger_label=label[:200])
    head = source(queued).partition(b"\r\n\r\n")[0].decode()
    lists = [line for line in head.split("\r\n") if line.lower().startswith("list-")]
    assert len(lists) >= 3
    for line in head.split("\r\n"):
        assert all(len(token) <= 76 for token in line.split(" ")), line
    assert host in head


@pytest.mark.usefixtures("english")
def test_an_address_too_long_for_a_header_is_no_way_out(sender: Sender) -> None:
    host = "m." + "a" * 60 + ".test"
    Company.objects.update(public_url=f"https://{host}")
    PublicAddress.objects.update(url=f"https://{host}")
    assert "too long" in why_no_way_out("marketing", sender)
    report = queue(sender, "report")
    assert report.state == State.READY
    assert "List-Unsubscribe" not in mail(report)


def test_a_single_report_is_a_list_of_its_own(sender: Sender) -> None:
    queued = queue(sender, "report", ends="report:12", trigger_label="Ventas de Ñandutí")
    made = mail(queued)
    assert str(made["List-ID"]).endswith("<report-12.reports.estacion.test>")
    assert SignedLink.objects.get().about == "report:12"


def test_r5_the_same_bytes_at_each_attempt_whatever_was_changed_since(sender: Sender) -> None:
    queued = queue(sender, "marketing")
    first = source(queued)
    Company.objects.update(public_url="https://other.test", name="Otra")
    PublicAddress.objects.all().delete()
    new_link_key(by="test", now=cast.NOON)
    again = Message.objects.get(pk=queued.pk)
    assert source(again) == first
    with translation.override("pt"):
        assert source(again) == first


def test_the_line_stands_in_both_parts_in_the_readers_language(sender: Sender) -> None:
    made = mail(queue(sender, "marketing"))
    html, text = part(made, "text/html"), part(made, "text/plain")
    for words in (html, text):
        assert "estos mensajes o elegir qué recibe" in words
        assert url_in(made) in words
        assert "Ruta 2, km 30" in words
    assert html.index("estos mensajes o elegir") < html.index("</body>")
    shown = preview(Message.objects.get())
    assert url_in(made) in shown.html
    assert url_in(made) in shown.text


def test_the_same_whether_merged_or_written_out_whole(sender: Sender) -> None:
    people = tuple(Recipient(address=f"p{n}@cliente.test", name=f"Ana {n}") for n in range(40))
    cast.queue_many(people, sender, mail_class=MailClass.MARKETING, data=DATA)
    jobs = claim(ClaimLimit(sender.pk, BULK, 100), read_brakes(), now=cast.NOON)
    rows = list(Message.objects.order_by("pk"))
    together = Library().gather(jobs)
    merged = {job.id: write_out(job, together[job.id]) for job in jobs}
    assert merged == {row.pk: source(row) for row in rows}
    assert len({url_in(mail(row)) for row in rows}) == len(rows)


def test_one_link_for_a_person_and_each_thing_he_can_end(sender: Sender) -> None:
    first, second = queue(sender, "marketing", key="1"), queue(sender, "marketing", key="2")
    assert url_in(mail(first)) == url_in(mail(second))
    greeting = queue(sender, "greeting", key="3")
    assert url_in(mail(greeting)) != url_in(mail(first))


def test_one_query_finds_the_links_of_a_block_and_three_make_them(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    signing_key(cast.NOON)
    readers = [LinkReader("email", f"p{n}@cliente.test") for n in range(40)]
    out_links("marketing", readers[:1], now=cast.NOON)
    with django_assert_num_queries(4):
        made = out_links("marketing", readers, now=cast.NOON)
    with django_assert_num_queries(1):
        assert out_links("marketing", readers, now=cast.NOON).keys() == made.keys()


def test_a_link_is_good_for_a_year_after_the_last_message(sender: Sender) -> None:
    reader = [LinkReader("email", ANA)]
    [first] = out_links("marketing", reader, now=cast.NOON).values()
    assert first.expires_at == cast.NOON + VALID
    later = cast.NOON + timedelta(days=200)
    out_links("marketing", reader, now=later)
    assert SignedLink.objects.get().expires_at == later + VALID
    out_links("marketing", reader, now=later + timedelta(days=1))  # not written down each day
    assert SignedLink.objects.get().expires_at == later + VALID


@pytest.mark.parametrize("mail_class", ["greeting", "marketing"])
def test_without_a_way_out_it_does_not_leave_and_says_what_to_do(
    sender: Sender, mail_class: str
) -> None:
    PublicAddress.objects.update(worked_at=cast.NOON - timedelta(hours=2))
    message = queue(sender, mail_class)
    assert (message.state, message.reason) == (State.FAILED, "way_out")
    with translation.override("en"):
        assert "was not tried yet, or not lately" in message.in_words
        assert "See Links in messages, or have this sender's mailbox read." in message.in_words
    report = queue(sender, "report")
    assert report.state == State.READY
    assert "List-Unsubscribe" not in mail(report)


@pytest.mark.usefixtures("english")
def test_a_name_hears_no_stop_and_a_modem_no_answer(sender: Sender) -> None:
    named = cast.phone_sender()
    assert "Nobody can answer STOP" in why_no_way_out("marketing", named)
    assert why_no_way_out("transactional", named) == ""
    number = cast.phone_sender(name="Tigo", from_address="+595981000111", is_default=False)
    assert why_no_way_out("marketing", number) == ""
    modem = cast.phone_sender(name="modem", kind="gammu", from_address="", is_default=False)
    assert "hears no answers" in why_no_way_out("greeting", modem)


def test_u4_one_report_that_was_ended_leaves_once_more_for_nobody(sender: Sender) -> None:
    about = {"trigger": "report:12", "ends": "report:12"}
    first = queue(sender, "report", **about)
    Message.objects.update(state=State.ACCEPTED)
    again = resolve.resend(first, by="rosa", note="lo perdió", now=cast.NOON)
    opt_out(ANA, "report", about="report:12", now=cast.NOON)
    assert claim(ClaimLimit(sender.pk, BULK, 9), read_brakes(), now=cast.NOON) == []
    again.refresh_from_db()
    assert (again.state, again.reason) == (State.SUPPRESSED, "opt_out")


@pytest.mark.usefixtures("english")
def test_what_is_sent_once_more_is_good_for_a_year_and_needs_a_way_out(sender: Sender) -> None:
    first = queue(sender, "marketing")
    Message.objects.update(state=State.ACCEPTED)
    later = cast.NOON + timedelta(days=300)
    PublicAddress.objects.update(worked_at=later)
    again = resolve.resend(first, by="rosa", note="lo perdió", now=later)
    assert url_in(mail(again)) == url_in(mail(first))
    assert SignedLink.objects.get().expires_at == later + VALID
    PublicAddress.objects.update(worked_at=cast.NOON)
    Message.objects.update(state=State.ACCEPTED)
    assert resolve.resend(again, by="rosa", note="otra", now=later).reason == "way_out"


def test_u4_who_ended_it_reads_so_and_not_that_there_is_no_way(sender: Sender) -> None:
    opt_out(ANA, "marketing", now=cast.NOON)
    assert queue(sender, "marketing").state == State.SUPPRESSED


def test_the_mail_way_stands_beside_the_link_where_a_mailbox_is_read() -> None:
    out = WayOut(f"{cast.PUBLIC}/u/", "AAAAc2VjcmV0LXNpZ25h", "v@estacion.test")
    headers = dict(list_headers("marketing", out, from_address="v@estacion.test", language="es"))
    https, by_mail = headers["List-Unsubscribe"].split(", ")
    assert https == f"<{out.url}>"
    assert by_mail == "<mailto:v@estacion.test?subject=u-AAAAc2VjcmV0LXNpZ25h>"
    alone = WayOut(token=out.token, mailto=out.mailto)
    headers = dict(list_headers("greeting", alone, from_address="v@estacion.test", language="es"))
    assert headers["List-Unsubscribe"] == by_mail
    assert "List-Unsubscribe-Post" not in headers
