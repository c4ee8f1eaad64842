"""Read a deliver_sm: a receipt, by its text (SMPP 3.4, appendix B) or parameters; or a person."""

import re
from typing import Final

from emailketing.channels.base import Inbound, ReceiptHeard
from emailketing.channels.sms.encoding import decoded
from emailketing.channels.sms.pdu import ShortMessage, Tag

GSM, UCS2 = 0x00, 0x08  # data coding
WITH_HEADER: Final = 0x40  # of esm_class
TON_INTERNATIONAL: Final = 1
RECEIPT_BIT, NOTE_BIT = 0x04, 0x20  # of esm_class: a receipt; a note under way
_FIELD: Final = re.compile(r"\b(id|stat|err)\s*:\s*([^\s:]+)", re.IGNORECASE)
_OUR_WORDS: Final = re.compile(r"\btext\s*:", re.IGNORECASE)  # the beginning of what we had sent
_WORD_OF_STATE: Final = {
    1: "ENROUTE",
    2: "DELIVRD",
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIV",
    6: "ACCEPTD",
    7: "UNKNOWN",
    8: "REJECTD",
}
_STATUS_OF_WORD: Final = {
    "ENROUTE": "accepted",
    "ACCEPTD": "accepted",
    "DELIVRD": "delivered",
    "EXPIRED": "failed",
    "DELETED": "failed",
    "UNDELIV": "failed",
    "REJECTD": "failed",
}
HEX, DECIMAL = "hex", "decimal"
ID_BASES: Final = ("", HEX, DECIMAL)  # of the id in the answer; the receipt has the other one


def receipt_of(message: ShortMessage, *, id_base: str = "") -> ReceiptHeard | None:
    """Return what a deliver_sm tells about one of our messages; None: it is a text to us."""
    told = _OUR_WORDS.split(_text_of(message), maxsplit=1)[0]
    words = {name.lower(): value for name, value in _FIELD.findall(told)}
    reference = _reference(message, words, id_base)
    is_receipt = message.esm_class & (RECEIPT_BIT | NOTE_BIT) or (reference and "stat" in words)
    if not (is_receipt and reference):
        return None
    word = _word(message, words)
    code = words.get("err", "")
    return ReceiptHeard(
        reference=reference,
        status=_STATUS_OF_WORD.get(word, "unknown"),
        code="" if not code.strip("0") else code[:40],
        text=word[:500],
    )


def inbound_of(message: ShortMessage) -> Inbound:
    """Return what a person wrote; a number that the centre calls international has a plus."""
    number = message.source.value
    is_whole = message.source.ton == TON_INTERNATIONAL and not number.startswith("+")
    return Inbound(f"+{number}" if is_whole else number, _words_of(message))


def _words_of(message: ShortMessage) -> str:
    text = message.whole_text
    if message.esm_class & WITH_HEADER and text:
        text = text[text[0] + 1 :]
    if message.data_coding == GSM:
        return decoded(text, "gsm7")
    return text.decode("utf-16-be" if message.data_coding == UCS2 else "latin-1", "replace")


def answered_reference(value: str, *, id_base: str = "") -> str:
    """Return the id of an answer as receipts will be compared with it."""
    return _in_decimal(value, base=16 if id_base == HEX else 10) if id_base else value


def _reference(message: ShortMessage, words: dict[str, str], id_base: str) -> str:
    """Return the id; the parameter repeats the answer's, the text may have the other notation."""
    parameter = message.tags.get(Tag.RECEIPTED_MESSAGE_ID, b"")
    if written := parameter.split(b"\0")[0].decode("latin-1"):
        return answered_reference(written, id_base=id_base)
    written = words.get("id", "")
    return _in_decimal(written, base=10 if id_base == HEX else 16) if id_base else written


def _in_decimal(value: str, *, base: int) -> str:
    """Compare as numbers, so that 00A1 is 161; what is no number stays as it is."""
    try:
        return str(int(value, base))
    except ValueError:
        return value


def _word(message: ShortMessage, words: dict[str, str]) -> str:
    state = message.tags.get(Tag.MESSAGE_STATE, b"")
    if len(state) == 1 and state[0] in _WORD_OF_STATE:
        return _WORD_OF_STATE[state[0]]
    return words.get("stat", "UNKNOWN").upper()


def _text_of(message: ShortMessage) -> str:
    encoding = "utf-16-be" if message.data_coding == UCS2 else "latin-1"
    return message.whole_text.decode(encoding, "replace")
