"""SMPP's units: what is written can be read, and nothing that comes can do harm."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smpplib.client import Client
from smpplib.smpp import parse_pdu

from emailketing.channels.sms.pdu import (
    LARGEST,
    Bind,
    Command,
    Pdu,
    PduAddress,
    PduInvalid,
    PduReader,
    ShortMessage,
    Tag,
    pack_bind,
    pack_id,
    pack_message,
    read_id,
    read_message,
)

LATIN = st.characters(min_codepoint=1, max_codepoint=255)
PARTIES = st.builds(
    PduAddress,
    st.text(LATIN, max_size=20),
    st.integers(0, 6),
    st.integers(0, 18),
)
MESSAGES = st.builds(
    ShortMessage,
    PARTIES,
    PARTIES,
    st.binary(max_size=254),
    esm_class=st.integers(0, 255),
    data_coding=st.integers(0, 255),
    registered_delivery=st.integers(0, 31),
    tags=st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=300), max_size=4),
)
UNITS = st.builds(
    Pdu,
    st.sampled_from([int(command) for command in Command]),
    st.integers(0, 0xFFFFFFFF),
    st.integers(1, 0x7FFFFFFF),
    st.binary(max_size=400),
)


@given(MESSAGES)
def test_a_message_that_is_written_can_be_read(message: ShortMessage) -> None:
    assert read_message(pack_message(message)) == message


def test_a_submit_sm_has_the_octets_of_the_specification() -> None:
    message = ShortMessage(
        PduAddress("Estacion", ton=5),
        PduAddress("595981123456", 1, 1),
        b"Hola",
        registered_delivery=1,
    )

    assert pack_message(message) == (
        b"\0\x05\0Estacion\0\x01\x01595981123456\0\0\0\0\0\0\x01\0\0\0\x04Hola"
    )


def test_another_library_reads_what_we_write() -> None:
    message = ShortMessage(
        PduAddress("Estacion", ton=5),
        PduAddress("595981123456", 1, 1),
        b"\x05\x00\x03\x07\x02\x01Hola",
        esm_class=0x40,
        data_coding=8,
        registered_delivery=1,
    )
    raw = Pdu(Command.SUBMIT_SM, 0, 7, pack_message(message)).packed()

    read = parse_pdu(
        raw,
        client=Client("127.0.0.1", 1, allow_unknown_opt_params=True),
        allow_unknown_opt_params=True,
    )

    assert (read.command, read.sequence) == ("submit_sm", 7)
    assert (read.source_addr_ton, read.source_addr) == (5, b"Estacion")
    assert (read.dest_addr_ton, read.destination_addr) == (1, b"595981123456")
    assert (read.esm_class, read.data_coding, read.registered_delivery) == (0x40, 8, 1)
    assert read.short_message == message.text


def test_a_bind_says_its_name_and_version() -> None:
    bind = Bind("estacion", "secret", "SMPP")

    assert pack_bind(bind) == b"estacion\0secret\0SMPP\0\x34\0\0\0"
    assert "secret" not in repr(bind)


@given(st.lists(UNITS, max_size=6), st.data())
def test_units_come_whole_however_the_network_cuts_them(
    units: list[Pdu], data: st.DataObject
) -> None:
    stream = b"".join(unit.packed() for unit in units)
    reader = PduReader()
    found: list[Pdu] = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += reader.feed(stream[:size])
        stream = stream[size:]

    assert found == units


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_random_bytes_end_in_units_or_in_one_error(chunks: list[bytes]) -> None:
    reader = PduReader()
    with suppress(PduInvalid):
        for chunk in chunks:
            for unit in reader.feed(chunk):
                assert len(unit.body) <= LARGEST


@given(st.binary(max_size=400))
def test_random_bodies_are_read_or_refused(body: bytes) -> None:
    for read in (read_message, read_id):
        with suppress(PduInvalid):
            read(body)


@pytest.mark.parametrize("length", [0, 15, LARGEST + 1, 0xFFFFFFFF])
def test_a_length_that_no_unit_has_is_refused_at_once(length: int) -> None:
    header = struct.pack(">IIII", length, Command.DELIVER_SM, 0, 1)

    with pytest.raises(PduInvalid):
        list(PduReader().feed(header))


def test_a_body_cut_short_at_any_place_is_refused() -> None:
    message = ShortMessage(
        PduAddress("1000", 3),
        PduAddress("595981123456", 1, 1),
        b"Hola",
        tags={Tag.MESSAGE_STATE: b"\x02"},
    )
    whole = pack_message(message)
    without_tags = len(whole) - 5

    for length in range(len(whole)):
        if length != without_tags:  # optional parameters are optional
            with pytest.raises(PduInvalid):
                read_message(whole[:length])


@pytest.mark.parametrize(
    "bind",
    [
        Bind("a" * 16, "b"),
        Bind("a", "b" * 64),
        Bind("a", "b", "c" * 13),
        Bind("a\0", "b"),
        Bind("я", "b"),
    ],
)
def test_what_smpp_cannot_say_is_refused_before_it_is_sent(bind: Bind) -> None:
    with pytest.raises(PduInvalid):
        pack_bind(bind)


def test_a_text_longer_than_a_short_message_is_refused() -> None:
    with pytest.raises(PduInvalid):
        pack_message(ShortMessage(PduAddress("1"), PduAddress("2"), b"x" * 255))


def test_a_long_text_comes_as_payload() -> None:
    message = ShortMessage(
        PduAddress("1"), PduAddress("2"), b"", tags={Tag.MESSAGE_PAYLOAD: b"x" * 1000}
    )

    assert read_message(pack_message(message)).whole_text == b"x" * 1000


def test_a_refusal_may_come_without_a_body() -> None:
    assert read_id(b"") == ""
    assert read_id(pack_id("0a1b")) == "0a1b"
