"""The serialiser: what goes in comes back out of any mail program, and nothing else can get in."""

import base64
import email
import email.policy
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emailketing.channels.email.compose import Mail, MailInvalid, compose, file_part, picture_part
from emailketing.channels.email.headers import HeaderInvalid, own, raw

TEXT = (
    "Orden Überweisung fällig für ñandú Straße Genève échéance n° 42 – Sie haben Größe € 1.234,56 "
    "presupuesto “cotización” año niño, 中文 🚚 order invoice café =?utf-8?q?x?= <x@evil.test>"
)
WORDS = TEXT.split()
subjects = st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(" ".join)
one_line = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"),
    max_size=200,
).map(lambda text: " ".join(text.split()))


def mail(**values: Any) -> Mail:
    defaults: dict[str, Any] = {
        "from_address": "ventas@estacion.test",
        "to_address": "ana@cliente.test",
        "subject": "Orden de compra OC-0017",
        "text": "Hola",
        "date": datetime(2026, 11, 24, 15, 0, 3, tzinfo=UTC),
        "message_id": "<01jd0000000000000000000000@estacion.test>",
    }
    return Mail(**(defaults | values))


def parsed(content: bytes) -> Message:
    return email.message_from_bytes(content, policy=email.policy.compat32)


def text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def is_clean(content: bytes) -> bool:
    """S4: only CRLF, no bare CR or LF, ASCII, no line longer than 998 octets."""
    lines = content.split(b"\r\n")
    return (
        not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
        and content.isascii()
        and max(map(len, lines)) <= 998
        and content.endswith(b"\r\n")
    )


@given(st.one_of(subjects, one_line))
def test_t2_any_subject_comes_back_as_it_was(subject: str) -> None:
    content = compose(mail(subject=subject))
    assert is_clean(content)
    line = re.sub(
        r"\r\n(?=[ \t])", "", parsed(content)["Subject"] or ""
    )  # unfolded: RFC 5322, 2.2.3
    assert str(make_header(decode_header(line))) == subject
    head = content.partition(b"\r\n\r\n")[0]
    assert b"?==?" not in head  # two encoded words that touch: some providers refuse them
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))


@given(st.one_of(subjects, one_line).filter(bool))
def test_s5_any_name_comes_back_and_makes_no_second_address(name: str) -> None:
    content = compose(mail(to_name=name, from_name=name))
    assert is_clean(content)
    for header, address in (("To", "ana@cliente.test"), ("From", "ventas@estacion.test")):
        line = parsed(content)[header].replace("\r\n", "")
        found = getaddresses([line])
        assert [who[1] for who in found] == [address]
        assert str(make_header(decode_header(found[0][0]))) == name


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_s4_any_text_stays_within_the_rules_of_the_wire(text: str) -> None:
    content = compose(mail(text=text, html=f"<p>{text}</p>"))
    assert is_clean(content)
    part = next(p for p in parsed(content).walk() if p.get_content_type() == "text/plain")
    wanted = re.sub("\r\n?", "\n", text)
    assert text_of(part).replace("\r\n", "\n").removesuffix("\n") == wanted.removesuffix("\n")


@pytest.mark.parametrize("bad", ["\r\nBcc: evil@evil.test", "a\nb", "a\rb", "a\0b"])
@pytest.mark.parametrize(
    "field", ["subject", "from_name", "to_name", "from_address", "to_address", "reply_to"]
)
def test_s1_a_line_end_in_any_field_writes_nothing(field: str, bad: str) -> None:
    with pytest.raises(MailInvalid):
        compose(mail(**{field: f"x{bad}"}))


@pytest.mark.parametrize("field", ["subject", "from_name", "to_name", "from_address", "to_address"])
def test_half_of_a_sign_in_any_field_writes_nothing(field: str) -> None:
    with pytest.raises(MailInvalid):
        compose(mail(**{field: "a\ud800@b.test"}))


@pytest.mark.parametrize("bad", ["x\r\ny.pdf", "x\0.pdf", "../x.pdf", "x\ud800.pdf", ""])
def test_s1_s27_a_file_name_with_a_line_end_or_a_path_writes_nothing(bad: str) -> None:
    with pytest.raises(MailInvalid):
        file_part(bad, "application/pdf", b"x")


@pytest.mark.parametrize(
    "name", ["From", "Bcc", "X-A\nBcc", "Message-ID", "DKIM-Signature", "Received", "x", ""]
)
def test_s1_s2_only_known_headers_can_be_added(name: str) -> None:
    with pytest.raises(HeaderInvalid):
        own(name, "x")


@pytest.mark.parametrize(
    "address", ["a@b.test>, <c@d.test", "a b@c.test", "a@b@c.test", "a@b.test,c@d.test"]
)
def test_s3_an_address_header_holds_one_address(address: str) -> None:
    with pytest.raises(MailInvalid):
        compose(mail(to_address=address))


def test_t1_a_long_token_is_never_encoded() -> None:
    link = "<https://m.estacion.test/u/" + "a" * 90 + ">"
    line = raw("List-Unsubscribe", f"{link}, <mailto:u@estacion.test?subject=unsubscribe>")
    assert "=?" not in line
    assert line == (
        f"List-Unsubscribe: {link},\r\n <mailto:u@estacion.test?subject=unsubscribe>\r\n"
    )


def test_r5_the_same_mail_has_the_same_bytes() -> None:
    values = {
        "html": "<p>ñ</p>",
        "pictures": (picture_part("logo", b"png", "image/png"),),
        "files": (file_part("a.pdf", "application/pdf", b"pdf"),),
    }
    assert compose(mail(**values)) == compose(mail(**values))


def test_the_tree_of_a_mail_with_everything() -> None:
    page = '<p>Año <img src="cid:logo"></p>'
    pdf = bytes(range(256)) * 40
    content = compose(
        mail(
            html=page,
            pictures=(
                picture_part("logo", b"\x89PNG", "image/png"),
                picture_part("chart", b"\x89PNG 2", "image/png"),
            ),
            files=(file_part("Órden OC-0017.pdf", "application/pdf", pdf),),
        )
    )
    whole = parsed(content)
    assert [part.get_content_type() for part in whole.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "image/png",
        "application/pdf",
    ]
    parts = list(whole.walk())
    assert text_of(parts[4]).rstrip() == page
    assert parts[5]["Content-ID"] == "<logo>"
    assert parts[6]["Content-ID"] == "<chart>"
    assert parts[7].get_payload(decode=True) == pdf
    assert parts[7].get_filename() == "Órden OC-0017.pdf"
    assert whole["Date"] == "Tue, 24 Nov 2026 15:00:03 +0000"
    assert len({part.get_boundary() for part in parts if part.is_multipart()}) == 3


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Órden OC-0017.pdf", "Orden OC-0017.pdf"),
        (f"Añadidura de la orden de compra {'0123456789' * 4} de Ñandutí.pdf", "Anadidura de la"),
        ("采购订单 🚚.pdf", "file.pdf"),
        ("Ñ" * 75, "N" * 58),
        ('a"; filename="b.exe; ñ.pdf', "a_ filename=_b.exe_ n.pdf"),
    ],
)
def test_a_file_name_beyond_ascii_has_a_plain_one_for_old_readers(name: str, plain: str) -> None:
    part = file_part(name, "application/pdf", b"pdf")
    head = part.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) <= 76
    read = parsed(part)
    assert read.get_filename() == name
    assert str(read.get_param("name")).startswith(plain)
    modern = email.message_from_bytes(part, policy=email.policy.default)
    assert modern.get_filename() == name


def test_a_domain_beyond_ascii_is_written_as_a_labels() -> None:
    content = compose(mail(from_address="ventas@ñandú.test", reply_to="cobros@itaguá.test"))
    assert is_clean(content)
    assert parsed(content)["From"] == "<ventas@xn--and-6ma2c.test>"
    assert parsed(content)["Reply-To"] == "<cobros@xn--itagu-1qa.test>"
    with pytest.raises(MailInvalid):
        compose(mail(reply_to="cobros@itá..test"))


def test_a_mail_without_html_is_plain_text_alone() -> None:
    assert parsed(compose(mail())).get_content_type() == "text/plain"


def test_an_answer_address_shows_only_when_it_differs() -> None:
    same = compose(mail(reply_to="VENTAS@estacion.test"))
    other = compose(mail(reply_to="cobros@estacion.test"))
    assert parsed(same)["Reply-To"] is None
    assert parsed(other)["Reply-To"] == "<cobros@estacion.test>"


def test_a_text_that_cannot_be_written_in_utf8_writes_nothing() -> None:
    with pytest.raises(MailInvalid):
        compose(mail(text="\ud800"))


def test_files_are_encoded_in_lines() -> None:
    part = file_part("a.bin", "application/octet-stream", b"x" * 1000)
    body = part.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) == 76
    assert base64.b64decode(body) == b"x" * 1000
