"""Phone numbers as people write them (M3): E.164, or one sentence."""

from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from emailketing.contacts.phone import PhoneInvalid, as_dialled, phone, written_apart

MOBILE, LANDLINE = "+595981123456", "+59521555010"


@pytest.fixture(autouse=True, scope="module")
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    "written",
    [
        "0981 123 456",
        "0981123456",
        "0981-123.456",
        "(0981) 123-456",
        "0981/123456",
        "981123456",
        "595981123456",
        "+595981123456",
        "+595 981 123 456",
        "+595 (0)981 123 456",
        "Tel: 0981 123 456",
        "cel. 0981123456",
        "Tel./Cel. 0981 123 456.",
        "whatsapp: +595 981 123 456",
        "0981 123 456 (WhatsApp)",
        "0981 123 456 (WhatsApp).",
        "0981 123 456 tel.",
        "0981 123 456 wsp",
        "0981\u200b123456",
        "0981\u202d123\u202c456",  # as phones copy their contacts
        "0981" + "-" * 50 + "123456",  # sixty signs
        "00595 981 123456",
        " 0981\u00a0123\u2009456 ",
        "٠٩٨١١٢٣٤٥٦",
        "\uff10\uff19\uff18\uff11123456",
    ],
)
def test_a_mobile_number_however_it_is_written(written: str) -> None:
    understood = phone(written, "PY")
    assert (understood.e164, understood.is_mobile) == (MOBILE, True)


@pytest.mark.parametrize("written", ["(021) 555-010", "021 555010", "+595 21 555 010"])
def test_a_landline_is_a_number_but_takes_no_sms(written: str) -> None:
    understood = phone(written, "PY")
    assert (understood.e164, understood.is_mobile) == (LANDLINE, False)


@pytest.mark.parametrize(
    ("written", "country", "e164"),
    [
        ("011 15 2345-6789", "AR", "+5491123456789"),
        ("(11) 91234-5678", "BR", "+5511912345678"),
        ("+55 11 91234-5678", "PY", "+5511912345678"),
        ("+1 202 555 0123", "PY", "+12025550123"),
    ],
)
def test_other_countries(written: str, country: str, e164: str) -> None:
    assert phone(written, country).e164 == e164


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "no number"),
        ("  \t ", "no number"),
        ("911", "not a phone number"),
        ("*123#", "not a phone number"),
        ("+", "not a phone number"),
        ("0981 12", "not a phone number"),
        ("12345678901234567890", "not a phone number"),
        ("0981 ABC DEF", "letters"),
        ("0981 123 456 (Juan)", "letters"),
        ("ana@cliente.test", "letters"),
        ("021 555 010/1", "more than one"),
        ("021 555 010 int. 23", "extension"),
        ("021 555 010 ext 2", "extension"),
        ("021 555 010 ramal 204", "extension"),
        ("0981 123 456 / 0971 222 333", "more than one"),
        ("0981123456; 0971222333", "more than one"),
        ("0981 123 456 o 0971 222 333", "more than one"),
        ("0" * 5_000, "not a phone number"),
        ("0981" + "-" * 51 + "123456", "not a phone number"),  # one sign more than a number has
        ("\0", "not a phone number"),
    ],
)
def test_what_is_no_number_is_said_in_one_sentence(written: str, words: str) -> None:
    with pytest.raises(PhoneInvalid, match=words):
        phone(written, "PY")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("  0981 \n ABC\u202e DEF ", "“0981 ABC DEF” has"),
        ("a" * 60, f"“{'a' * 60}” has"),
        ("a" * 61, f"“{'a' * 60}…” has"),
    ],
)
def test_a_sentence_shows_what_was_typed_on_one_line_and_not_without_end(
    written: str, shown: str
) -> None:
    with pytest.raises(PhoneInvalid) as refused:
        phone(written, "PY")
    assert str(refused.value).startswith(shown)


def test_two_numbers_in_one_field_are_taken_apart_and_none_is_lost() -> None:
    assert written_apart("0981 123 456 / (021) 555-010", "PY") == ["0981 123 456", "(021) 555-010"]
    assert written_apart("0981/123456", "PY") == ["0981/123456"]
    assert written_apart("no tiene", "PY") == ["no tiene"]
    assert written_apart(" / ", "PY") == ["/"]
    assert written_apart("021 555 010 / 555 011", "PY") == ["021 555 010", "555 011"]
    assert written_apart("021 555 010 / 55 501", "PY") == ["021 555 010 / 55 501"]
    assert written_apart("0981 123456/7", "PY") == ["0981 123456/7"]


DIGITS = st.text("0123456789+()-./ ", max_size=25)


@given(st.one_of(st.text(max_size=80), DIGITS), st.sampled_from(["PY", "AR", "BR", "US", "??"]))
def test_it_raises_nothing_else_and_what_it_gives_it_takes(written: str, country: str) -> None:
    try:
        understood = phone(written, country)
    except PhoneInvalid:
        return
    assert phone(understood.e164, "PY") == understood
    assert understood.e164[0] == "+"
    assert understood.e164[1:].isdigit()


@given(st.text(max_size=80))
def test_taking_apart_loses_no_digit(written: str) -> None:
    before = [sign for sign in written if sign.isdigit()]
    after = [sign for part in written_apart(written, "PY") for sign in part if sign.isdigit()]
    assert before == after


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("0981123456-0971222333", ["+595981123456", "+595971222333"]),
        ("0981 123 456 0971 222 333", ["+595981123456", "+595971222333"]),
        ("0981-123-456 0971-222-333", ["+595981123456", "+595971222333"]),
        ("021 555 010 - Cel: 0981 123 456", ["+59521555010", "+595981123456"]),
        ("Cel: 0981 123 456 / Tel.: 021 555 010", ["+595981123456", "+59521555010"]),
    ],
)
def test_numbers_joined_without_a_sign_are_parted_by_the_plan(
    written: str, numbers: list[str]
) -> None:
    assert [phone(part, "PY").e164 for part in written_apart(written, "PY")] == numbers


def test_what_was_taken_apart_holds_nothing_but_the_numbers() -> None:
    assert written_apart("Tel. 0981123456-0971222333 (WhatsApp).", "PY") == [
        "0981123456",
        "0971222333",
    ]
    two = "0981 123 456 Cel: 0971 222 333"
    assert [phone(part, "PY").e164[-6:] for part in written_apart(two, "PY")] == [
        "123456",
        "222333",
    ]


def test_more_groups_than_a_field_can_mean_stay_whole() -> None:
    four = " ".join(["0981 123 456"] * 4)
    assert written_apart(four, "PY") == ["0981 123 456"] * 4
    assert written_apart(f"{four} 0971222333", "PY") == [f"{four} 0971222333"]


@pytest.mark.parametrize("written", ["0981 123 456 0971", "555010 555011", "0981 123 456 - Juan"])
def test_in_doubt_the_field_stays_whole(written: str) -> None:
    assert written_apart(written, "PY") == [written]


@pytest.mark.parametrize(
    ("kept", "dialled"),
    [
        (MOBILE, "0981123456"),
        (LANDLINE, "021555010"),
        ("+12025550123", "2025550123"),
        ("0981123456", ""),
        ("ana+595981123456@cliente.test", ""),
        ("Tel. +595981123456", ""),
        ("+", ""),
        ("", ""),
    ],
)
def test_a_number_is_also_found_as_it_is_dialled_at_home(kept: str, dialled: str) -> None:
    assert as_dialled(kept) == dialled
