"""What the SMS centre of the tests says and hears, octet by octet; no code of the product."""

import struct
from dataclasses import dataclass

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = dict(zip(b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", "\f^{}\\[~]|€", strict=True))


@dataclass(frozen=True)
class Submit:
    """One submit_sm as it came."""

    source: str
    source_ton: int
    source_npi: int
    destination: str
    destination_ton: int
    esm_class: int
    coding: int
    registered: int
    data: bytes

    @property
    def header(self) -> bytes:
        return self.data[: self.data[0] + 1] if self.esm_class & 0x40 else b""

    @property
    def text(self) -> str:
        body = self.data[len(self.header) :]
        return body.decode("utf-16-be") if self.coding == 8 else gsm(body)


def gsm(data: bytes) -> str:
    letters, is_escaped = [], False
    for code in data:
        if code == 0x1B and not is_escaped:
            is_escaped = True
            continue
        letters.append(EXTENSION[code] if is_escaped else BASIC[code])
        is_escaped = False
    return "".join(letters)


def unit(command: int, status: int, sequence: int, body: bytes = b"") -> bytes:
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


def cstring(data: bytes, start: int) -> tuple[str, int]:
    end = data.index(0, start)
    return data[start:end].decode("latin-1"), end + 1


def read_submit(data: bytes) -> Submit:
    _service, at = cstring(data, 0)
    source_ton, source_npi = data[at : at + 2]
    source, at = cstring(data, at + 2)
    destination_ton = data[at]
    destination, at = cstring(data, at + 2)
    esm_class = data[at]
    _schedule, at = cstring(data, at + 3)
    _validity, at = cstring(data, at)
    registered, _replace, coding, _default, length = data[at : at + 5]
    text = data[at + 5 : at + 5 + length]
    assert len(text) == length
    return Submit(
        source,
        source_ton,
        source_npi,
        destination,
        destination_ton,
        esm_class,
        coding,
        registered,
        text,
    )


def receipt(message_id: str, submit: Submit, state: str) -> bytes:
    err = "000" if state == "DELIVRD" else "011"
    text = (
        f"id:{message_id} sub:001 dlvrd:001 submit date:2611240351 done date:2611240352 "
        f"stat:{state} err:{err} text:{submit.text[:12]}"
    ).encode("latin-1", "replace")
    source = b"\x01\x01" + submit.destination.encode() + b"\0"
    destination = b"\x01\x01" + submit.source.encode() + b"\0"
    return b"\0" + source + destination + b"\x04\0\0\0\0\0\0\0\0" + bytes([len(text)]) + text
