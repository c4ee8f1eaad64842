"""SMPP 3.4 on the wire: units of a header of 16 octets and a body, read strictly.

Nothing here waits or remembers a connection. What does not fit its own lengths is `PduInvalid`:
one wrong octet count would make nonsense of everything that follows.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

HEADER: Final = struct.Struct(">IIII")
LARGEST: Final = 72_000  # octets: a message_payload of 64 K and its header; more fills the memory
LONGEST_TEXT: Final = 254  # octets of short_message
LONGEST_PASSWORD: Final = 63  # the specification has 8; operators give longer ones out
HIGHEST_SEQUENCE: Final = 0x7FFFFFFF
RESPONSE: Final = 0x80000000
VERSION: Final = 0x34


class Command(IntEnum):
    """What a unit is; its answer has the highest bit set."""

    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    ENQUIRE_LINK = 0x15
    GENERIC_NACK = 0x80000000


class Tag(IntEnum):
    """The optional parameters that we know; others are passed over."""

    RECEIPTED_MESSAGE_ID = 0x001E
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class PduInvalid(Exception):
    """What came is not SMPP, or lies about its own length."""


@dataclass(frozen=True, slots=True)
class Pdu:
    """One unit; the body is read by the function for its command."""

    command: int
    status: int
    sequence: int
    body: bytes = b""

    @property
    def is_response(self) -> bool:
        return bool(self.command & RESPONSE)

    def packed(self) -> bytes:
        length = HEADER.size + len(self.body)
        return HEADER.pack(length, self.command, self.status, self.sequence) + self.body


@dataclass(frozen=True, slots=True)
class PduAddress:
    """Who sends or gets a message: type of number, numbering plan, digits or letters."""

    value: str
    ton: int = 0
    npi: int = 0


@dataclass(frozen=True, slots=True)
class Bind:
    """Who we say we are. The password never shows in a `repr` (S22)."""

    system_id: str
    password: str = field(repr=False)
    system_type: str = ""


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """A submit_sm, or a deliver_sm: the two have the same body."""

    source: PduAddress
    destination: PduAddress
    text: bytes
    esm_class: int = 0
    data_coding: int = 0
    registered_delivery: int = 0
    tags: dict[int, bytes] = field(default_factory=dict)

    @property
    def whole_text(self) -> bytes:
        """The text wherever it is: one longer than 254 octets travels as message_payload."""
        return self.text or self.tags.get(Tag.MESSAGE_PAYLOAD, b"")


class PduReader:
    """Turns the bytes that come into units, whole ones only."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> Iterable[Pdu]:
        """Yield the units that are complete now.

        Raises:
            PduInvalid: a length that no unit has.
        """
        self._buffer += data
        begin = 0
        try:
            while len(self._buffer) - begin >= HEADER.size:
                length, command, status, sequence = HEADER.unpack_from(self._buffer, begin)
                if not HEADER.size <= length <= LARGEST:
                    raise PduInvalid(f"a unit of {length} octets")
                if len(self._buffer) - begin < length:
                    return
                body = self._buffer[begin + HEADER.size : begin + length]
                begin += length
                yield Pdu(command, status, sequence, body)
        finally:
            self._buffer = self._buffer[begin:]


def pack_bind(bind: Bind) -> bytes:
    """Write the body of a bind_transceiver.

    Raises:
        PduInvalid: longer than SMPP allows.
    """
    return (
        _cstring(bind.system_id, 15)
        + _cstring(bind.password, LONGEST_PASSWORD)
        + _cstring(bind.system_type, 12)
        + bytes([VERSION, 0, 0, 0])  # any type of number, no range of addresses
    )


def pack_message(message: ShortMessage) -> bytes:
    """Write the body of a submit_sm or deliver_sm.

    Raises:
        PduInvalid: a number or text longer than SMPP allows.
    """
    if len(message.text) > LONGEST_TEXT:
        raise PduInvalid(f"a text of {len(message.text)} octets")
    flags = (message.esm_class, 0, 0)  # protocol and priority as the centre has them
    middle = (message.registered_delivery, 0, message.data_coding, 0, len(message.text))
    return b"".join(
        (
            _cstring("", 5),
            _packed_party(message.source),
            _packed_party(message.destination),
            bytes(flags),
            b"\0\0",  # sent at once, kept as long as the centre keeps messages
            bytes(middle),
            message.text,
            *(struct.pack(">HH", tag, len(value)) + value for tag, value in message.tags.items()),
        )
    )


def read_message(body: bytes) -> ShortMessage:
    """Read the body of a submit_sm or deliver_sm.

    Raises:
        PduInvalid: it is cut short or too long.
    """
    fields = _Fields(body)
    fields.cstring(6)
    source, destination = _read_party(fields), _read_party(fields)
    esm_class, _protocol, _priority = fields.octets(3)
    fields.cstring(17)
    fields.cstring(17)
    registered_delivery, _replaces, data_coding, _default, length = fields.octets(5)
    return ShortMessage(
        source,
        destination,
        fields.octets(length),
        esm_class=esm_class,
        data_coding=data_coding,
        registered_delivery=registered_delivery,
        tags=fields.tags(),
    )


def pack_id(value: str) -> bytes:
    """Write the body of an answer that gives a message_id or a system_id."""
    return _cstring(value, 64)


def read_id(body: bytes) -> str:
    """Read the id that an answer gives; a refusal may have no body at all.

    Raises:
        PduInvalid: it is cut short or too long.
    """
    return _Fields(body).cstring(65) if body else ""


class _Fields:
    """Reads a body from left to right."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def octets(self, count: int) -> bytes:
        found = self._body[self._at : self._at + count]
        if len(found) < count:
            raise PduInvalid("a body that is cut short")
        self._at += count
        return found

    def cstring(self, most: int) -> str:
        """Read up to the zero octet, which counts among the most."""
        end = self._body.find(0, self._at, self._at + most)
        if end < 0:
            raise PduInvalid("a text without its end")
        found = self._body[self._at : end]
        self._at = end + 1
        return found.decode("latin-1")

    def tags(self) -> dict[int, bytes]:
        found = {}
        while self._at < len(self._body):
            tag, length = struct.unpack(">HH", self.octets(4))
            found[tag] = self.octets(length)
        return found


def _cstring(value: str, most: int) -> bytes:
    """Write a text and its zero octet; `most` without it."""
    try:
        written = value.encode("latin-1")
    except UnicodeEncodeError as error:
        raise PduInvalid("letters that SMPP does not know") from error
    if len(written) > most or b"\0" in written:
        raise PduInvalid(f"a value of {len(written)} octets where {most} fit")
    return written + b"\0"


def _packed_party(party: PduAddress) -> bytes:
    return bytes([party.ton, party.npi]) + _cstring(party.value, 20)


def _read_party(fields: _Fields) -> PduAddress:
    ton, npi = fields.octets(2)
    return PduAddress(fields.cstring(21), ton, npi)
