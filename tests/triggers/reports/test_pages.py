"""The page of a run, opened by its reader's signed link without an account (P8, P11)."""

import html
import re
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from emailketing.accounts.models import AuditEntry
from emailketing.cli.show import clock
from emailketing.company.models import Company
from emailketing.content.shape import complete
from emailketing.content.sheet.kept import open_kept
from emailketing.links.keys import new_link_key
from emailketing.links.models import PublicAddress, SignedLink
from emailketing.links.pins import CLOSED_FOR, MOST_WRONG
from emailketing.links.signed import FORGOTTEN_AFTER, token_of, url_of
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.material import material_of
from emailketing.outbox.queueing.write_out import words_of
from emailketing.triggers.reports.definition.pages import revoke_pages
from emailketing.triggers.reports.definition.pin import PinInvalid, set_pin
from emailketing.triggers.reports.models import Report, ReportRun
from emailketing.triggers.reports.running.files import FileContent, FileName, make_files
from emailketing.triggers.reports.running.read import kept_file
from emailketing.triggers.reports.running.shown import content_of, frames_of
from emailketing.triggers.reports.running.work import RunWork
from tests.cli.test_sender_message import run as command
from tests.triggers.reports.cast import NOW, ReportCast, messages
from tests.triggers.reports.test_shares import BOSS, PEOPLE, of_branches
from tests.web.published import publish

pytestmark = pytest.mark.django_db
URL = "https://avisos.example.com"
BROWSER = {
    "user-agent": "Mozilla/5.0 (iPhone) Safari/605",
    "accept": "text/html,*/*",
    "sec-fetch-mode": "navigate",
}
SOLD = (("Central", "ana", 300), ("Ñemby", "luis", 50), ("Luque", "eva", 7), (None, "x", 1))


@pytest.fixture
def visitor(settings: Settings) -> Client:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return publish(settings)


def allow_links() -> None:
    Company.objects.update(public_url=URL)
    PublicAddress.objects.create(url=URL, worked_at=NOW, outside_at=NOW, checked_at=NOW)


def sent(cast: ReportCast, **more: Any) -> Report:
    allow_links()
    cast.sell(*SOLD)
    report = of_branches(cast)
    for name, value in more.items():
        setattr(report, name, value)
    report.save()
    cast.run(report)
    SignedLink.objects.update(expires_at=clock() + timedelta(days=1))
    return report


def link_of(address: str) -> SignedLink:
    return SignedLink.objects.select_related("key").get(purpose="report", address=address)


def path_of(address: str) -> str:
    return urlsplit(url_of(link_of(address))).path


def look(visitor: Client, path: str, **query: str) -> Any:
    return visitor.get(path, query, headers=BROWSER)


def text_of(answer: Any) -> str:
    """Return what a page says, cells with bars between."""
    bare = re.sub(r"</t[dh]>", "|", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", bare)))


def file_at(visitor: Client, path: str, **query: str) -> bytes:
    """Return a file of the page."""
    answer = visitor.get(path, query)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    return bytes(answer.content)


def first_cells(answer: Any) -> list[str]:
    body = answer.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    return [row.strip() for row in re.findall(r"<tr[^>]*>\s*<td[^>]*>([^<]*)", body)]


def test_p11_the_page_has_figures_rows_totals_and_files(cast: ReportCast, visitor: Client) -> None:
    sent(cast)
    page = look(visitor, path_of(BOSS))
    assert page.status_code == 200
    said = text_of(page)
    assert "Sales of the day" in said
    assert "PYG 358" in said.replace("\xa0", " ")
    assert "Central| ana| 300|" in said
    assert "Total||358|" in said
    for ending, begins in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        assert f"file.{ending}" in page.content.decode()
        assert file_at(visitor, f"{path_of(BOSS)}/file.{ending}").startswith(begins)


def test_s18_nothing_of_a_third_party_no_script_no_cookie(
    cast: ReportCast, visitor: Client
) -> None:
    sent(cast)
    page = look(visitor, path_of(BOSS))
    source = page.content.decode()
    assert not re.findall(r"https?:|//[a-z]|<script|style=|onclick", source)
    assert not page.cookies
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_p8_nobody_sees_a_row_of_another(cast: ReportCast, visitor: Client) -> None:
    sent(cast)
    for address in set(PEOPLE.values()):
        own = {value for value, whose in PEOPLE.items() if whose == address}
        answers = [look(visitor, path_of(address))]
        answers += [look(visitor, path_of(address), by="branch", page=n) for n in ("-1", "99")]
        said = " ".join(text_of(answer) for answer in answers)
        content = file_at(visitor, f"{path_of(address)}/file.csv").decode()
        for branch in PEOPLE:
            assert (branch in said) == (branch in own), (address, branch)
            assert (branch in content) == (branch in own), (address, branch)


def test_a_click_sorts_up_and_down_and_rubbish_sorts_nothing(
    cast: ReportCast, visitor: Client
) -> None:
    sent(cast)
    path = path_of(BOSS)
    assert first_cells(look(visitor, path)) == ["Central", "Ñemby", "Luque", ""]
    up = look(visitor, path, by="total")
    assert first_cells(up) == ["", "Luque", "Ñemby", "Central"]
    assert "by=total&amp;down=1" in up.content.decode()
    assert first_cells(look(visitor, path, by="total", down="1"))[0] == "Central"
    for bad in ("c0; DROP TABLE sheet", "total DESC", "'", "x" * 500, "_level", "\x00"):
        assert first_cells(look(visitor, path, by=bad)) == ["Central", "Ñemby", "Luque", ""]
    for bad in ("0", "-1", "99999999999999", "1.5", "٣", ""):
        assert look(visitor, path, page=bad).status_code == 200


def test_html_in_a_cell_is_text(cast: ReportCast, visitor: Client) -> None:
    allow_links()
    cast.sell(("<script>alert(1)</script>", "=1+1", 3))
    cast.run(cast.report())
    SignedLink.objects.update(expires_at=clock() + timedelta(days=1))
    source = look(visitor, path_of(BOSS)).content.decode()
    assert "<script" not in source
    assert "&lt;script&gt;" in source


def test_a_table_of_many_rows_is_shown_page_by_page(cast: ReportCast, visitor: Client) -> None:
    allow_links()
    cast.sell(*((f"B{number:04}", "x", number) for number in range(450)))
    cast.run(cast.report())
    SignedLink.objects.update(expires_at=clock() + timedelta(days=1))
    first, last = look(visitor, path_of(BOSS)), look(visitor, path_of(BOSS), page="3", by="total")
    assert (len(first_cells(first)), len(first_cells(last))) == (200, 50)
    assert "Page 3 of 3" in text_of(last)
    assert "page=2&amp;by=total" in last.content.decode()


def test_the_mail_carries_each_readers_own_link(cast: ReportCast, visitor: Client) -> None:
    sent(cast)
    links = {message.address: message.fields["_page"] for message in messages()}
    assert len(set(links.values())) == len(links) == 3
    assert all(link.startswith(f"{URL}/r/") for link in links.values())
    assert len(links[BOSS]) < 60  # a phone takes it
    for message in messages():
        words = words_of(message, material_of(message))
        page = html.unescape(words.html)
        assert f'href="{links[message.address]}"' in page
        assert links[message.address] in words.text
        others = set(links.values()) - {links[message.address]}
        assert not [link for link in others if link in page + words.text]


def test_without_a_public_address_no_link_is_written(cast: ReportCast) -> None:
    cast.sell(*SOLD)
    cast.run(of_branches(cast))
    assert not SignedLink.objects.exists()
    assert not [message for message in messages() if "_page" in message.fields]
    assert "http" not in str(messages()[0].dispatch.data["report"])


@pytest.mark.parametrize("what", ["forged", "cut", "other purpose", "unknown", "key ended"])
def test_s17_one_character_changed_is_refused_by_the_page(
    cast: ReportCast, visitor: Client, what: str
) -> None:
    sent(cast)
    link = link_of(BOSS)
    token = token_of(link)
    tried = [token]
    if what == "forged":
        letters = "abcXYZ019-_"
        tried = [
            token[:place] + letter + token[place + 1 :]
            for place in range(len(token))
            for letter in letters
            if letter != token[place]
        ]
    elif what == "cut":
        tried = [
            token[:-1],
            token + "A",
            token + "=",
            token[:10],
            "A" * 4000,
            "%00",
            "ñ",
            token * 2,
        ]
    elif what == "other purpose":
        SignedLink.objects.filter(pk=link.pk).update(purpose="copy")
        tried = [token, token_of(SignedLink.objects.get(pk=link.pk))]
    elif what == "unknown":
        SignedLink.objects.all().delete()
    else:
        new_link_key(by="ana", now=NOW, ends_old=True)
    said = set()
    for one in tried[:: max(len(tried) // 60, 1)]:
        answer = visitor.get(f"/r/{one}", headers=BROWSER, REMOTE_ADDR="127.0.0.1")
        assert answer.status_code == 404, one
        said.add(answer.content)
    assert len(said) == 1  # nothing tells whether the number exists


def test_a_new_key_leaves_older_links_valid(cast: ReportCast, visitor: Client) -> None:
    sent(cast)
    path = path_of(BOSS)
    new_link_key(by="ana", now=NOW)
    assert look(visitor, path).status_code == 200


def test_a_page_expires_is_revoked_or_gone_with_its_report(
    cast: ReportCast, visitor: Client
) -> None:
    report = sent(cast)
    path = path_of(BOSS)
    SignedLink.objects.filter(address=BOSS).update(expires_at=clock(), language="es")
    answer = look(visitor, path)
    assert answer.status_code == 410
    assert "Ya no se guarda" in text_of(answer)
    assert visitor.get(f"{path}/file.csv").status_code == 410
    SignedLink.objects.update(expires_at=clock() + timedelta(days=1))
    assert revoke_pages(report, reader="N@shop.example ", by="ana", now=NOW) == 1
    assert look(visitor, path_of("n@shop.example")).status_code == 410
    assert look(visitor, path).status_code == 200
    number = ReportRun.objects.get().run_id
    assert revoke_pages(report, run=number + 1, by="ana", now=NOW) == 0
    assert revoke_pages(report, run=number, by="ana", now=NOW) == 2
    assert "Fue retirada" in text_of(look(visitor, path))
    assert AuditEntry.objects.filter(action="revoked").count() == 3
    SignedLink.objects.update(revoked_at=None)
    assert look(visitor, path).status_code == 200
    ReportRun.objects.update(is_kept=False)
    assert look(visitor, path).status_code == 410
    report.delete()
    assert look(visitor, path).status_code == 410


@pytest.mark.parametrize(("purpose", "other"), [("report", "out"), ("out", "report")])
def test_links_that_were_over_for_long_are_forgotten(
    cast: ReportCast, purpose: str, other: str
) -> None:
    sent(cast)
    left = SignedLink.objects.filter(purpose=other).count()
    SignedLink.objects.filter(address=BOSS, purpose=purpose).update(
        expires_at=NOW - FORGOTTEN_AFTER
    )
    assert RunWork("test", lambda: NOW, threading.Event()).turn() >= 1
    assert not SignedLink.objects.filter(purpose=purpose, address=BOSS).exists()
    assert SignedLink.objects.filter(purpose=other).count() == left > 0


def test_s19_looks_of_programs_are_counted_apart(cast: ReportCast, visitor: Client) -> None:
    sent(cast)
    path = path_of(BOSS)
    visitor.head(path, headers=BROWSER)
    for agent in ("WhatsApp/2.23", "facebookexternalhit/1.1", "Googlebot/2.1", "curl/8", ""):
        visitor.get(path, headers={**BROWSER, "user-agent": agent})
    visitor.get(path, headers={**BROWSER, "sec-purpose": "prefetch"})
    visitor.get(path, headers={**BROWSER, "accept": "*/*"})
    scanner = {name: BROWSER[name] for name in ("user-agent", "accept")}
    visitor.get(path, headers=scanner)  # the first one, by something that names no reason
    link = link_of(BOSS)
    assert (link.looks, link.machine_looks, link.first_look_at) == (0, 9, None)
    look(visitor, path)
    visitor.get(path, headers=scanner)  # an old browser, after somebody had looked
    look(visitor, path, by="total")  # of the same look
    look(visitor, path, page="2")
    link = link_of(BOSS)
    assert (link.looks, link.machine_looks) == (2, 9)
    assert link.first_look_at is not None


def test_a_pin_is_asked_for_and_closes_after_five_wrong_ones(
    cast: ReportCast, visitor: Client
) -> None:
    report = sent(cast)
    for bad in ("123", "abcd", "1" * 13, "12 34", "１２３４"):
        with pytest.raises(PinInvalid):
            set_pin(report, bad, by="ana", now=NOW)
    set_pin(report, "2580", by="ana", now=NOW)
    assert "2580" not in Report.objects.get().pin_secret
    assert "2580" not in str(AuditEntry.objects.values_list("changes"))
    path = path_of(BOSS)
    closed = look(visitor, path)
    assert "Central" not in text_of(closed)
    for part in ("file.csv", "file.pdf", "chart.png"):
        assert visitor.get(f"{path}/{part}").status_code == 404
    opened = visitor.post(path, {"pin": "2580"}, headers=BROWSER)
    assert "Central| ana" in text_of(opened)
    assert not opened.cookies
    [letter] = set(re.findall(r"pass=([0-9a-f-]+)", opened.content.decode()))
    assert look(visitor, path, **{"pass": letter}).status_code == 200
    assert file_at(visitor, f"{path}/file.csv", **{"pass": letter})
    other = path_of("n@shop.example")
    assert "Ñemby" not in text_of(look(visitor, other, **{"pass": letter}))
    for bad in (letter[:-1] + ("0" if letter[-1] != "0" else "1"), "ffffffff-00", "", "-", "zz-1"):
        assert "Central" not in text_of(look(visitor, path, **{"pass": bad}))
    for _time in range(MOST_WRONG):
        assert visitor.post(path, {"pin": "0000"}, headers=BROWSER).status_code == 403
    assert visitor.post(path, {"pin": "2580"}, headers=BROWSER).status_code == 429
    SignedLink.objects.update(pin_failed_at=clock() - CLOSED_FOR)
    assert visitor.post(path, {"pin": "2580"}, headers=BROWSER).status_code == 200
    set_pin(report, "1470", by="ana", now=NOW)
    assert "Central" not in text_of(look(visitor, path, **{"pass": letter}))


def test_what_is_too_large_for_a_mail_is_on_the_page(cast: ReportCast, tmp_path: Path) -> None:
    report = sent(cast)
    kept = open_kept(kept_file(ReportRun.objects.get().run_id))
    frames = frames_of(report, NOW, made_at=NOW, languages=["en"])
    content = FileContent(kept, content_of(report, kept), FileName(report, "", "2026"))
    made = make_files(["csv"], content, frames, tmp_path, 10, has_page=True)
    assert made.files == []
    assert "it is on the page of the report" in made.left_out["en"][0]
    there = {path.suffix for path in (tmp_path / "en").iterdir()}
    assert there == {".csv", ".xlsx", ".pdf", ".zip"}


def test_by_command(cast: ReportCast, visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    report = sent(cast)
    look(visitor, path_of(BOSS))
    number = str(report.pk)
    listed = command("report", "links", number).output
    assert BOSS in listed
    assert "page was ended" in command("report", "revoke", number, "--reader", BOSS).output
    assert "2 pages were ended" in command("report", "revoke", number).output
    assert look(visitor, path_of(BOSS)).status_code == 410
    command("report", "pin", number, "--none")
    assert Message.objects.count() == 3


@pytest.mark.parametrize(
    ("phone", "carries"), [("Sales 29 Nov. Total: PYG 358.", True), ("Ventas. " * 18, False)]
)
def test_a_phone_gets_the_link_where_it_costs_no_second_segment(phone: str, carries: bool) -> None:
    link = f"{URL}/r/AAABMxdbjcySgtM3Pd_c"
    data = {"report": {"in_language": {"en": {"phone": phone}}}, "recipient": {"_page": link}}
    written = str(complete(data, "en")["report"]["phone"])
    assert written == (f"{phone} {link}" if carries else phone)
    assert "http" not in str(complete({**data, "recipient": {}}, "en")["report"])
