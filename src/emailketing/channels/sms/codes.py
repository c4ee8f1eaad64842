"""What an SMS centre's refusals mean (SMPP 3.4 §5.1.3; R15): for whom, and in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.base import Reply, ReplyKind

OK = 0x00
INVALID_LENGTH, INVALID_COMMAND = 0x02, 0x03
NOT_BOUND, ALREADY_BOUND = 0x04, 0x05
SYSTEM_ERROR = 0x08
QUEUE_FULL, THROTTLED = 0x14, 0x58
NOT_NOW = 0x64  # ESME_RX_T_APPN: said by us, when nobody is there to keep a receipt
BUSY = frozenset({QUEUE_FULL, THROTTLED})
LATER = BUSY | {NOT_BOUND, SYSTEM_ERROR, NOT_NOW}
# the password, the user, or the number or name that we send with
ACCOUNT = frozenset({0x0A, 0x0D, 0x0E, 0x0F, 0x48, 0x49, 0x53})
ADDRESS = frozenset({0x0B})

_NAMES = {
    0x01: "ESME_RINVMSGLEN",
    0x02: "ESME_RINVCMDLEN",
    0x03: "ESME_RINVCMDID",
    0x04: "ESME_RINVBNDSTS",
    0x05: "ESME_RALYBND",
    0x06: "ESME_RINVPRTFLG",
    0x07: "ESME_RINVREGDLVFLG",
    0x08: "ESME_RSYSERR",
    0x0A: "ESME_RINVSRCADR",
    0x0B: "ESME_RINVDSTADR",
    0x0C: "ESME_RINVMSGID",
    0x0D: "ESME_RBINDFAIL",
    0x0E: "ESME_RINVPASWD",
    0x0F: "ESME_RINVSYSID",
    0x14: "ESME_RMSGQFUL",
    0x15: "ESME_RINVSERTYP",
    0x43: "ESME_RINVESMCLASS",
    0x45: "ESME_RSUBMITFAIL",
    0x48: "ESME_RINVSRCTON",
    0x49: "ESME_RINVSRCNPI",
    0x50: "ESME_RINVDSTTON",
    0x51: "ESME_RINVDSTNPI",
    0x53: "ESME_RINVSYSTYP",
    0x58: "ESME_RTHROTTLED",
    0x61: "ESME_RINVSCHED",
    0x62: "ESME_RINVEXPIRY",
    0x64: "ESME_RX_T_APPN",
    0x65: "ESME_RX_P_APPN",
    0x66: "ESME_RX_R_APPN",
    0xC4: "ESME_RINVOPTPARAMVAL",
    0xFE: "ESME_RDELIVERYFAILURE",
    0xFF: "ESME_RUNKNOWNERR",
}
_WORDS: dict[int, str | Promise] = {
    0x01: gettext_lazy("the text is too long for it"),
    0x04: gettext_lazy("it forgot that we are connected"),
    0x05: gettext_lazy("this user is connected already, and it allows one connection only"),
    0x08: gettext_lazy("it has an error of its own"),
    0x0A: gettext_lazy("it does not allow this number or name to send"),
    0x0B: gettext_lazy("it does not know the phone number"),
    0x0D: gettext_lazy("it does not let this user in"),
    0x0E: gettext_lazy("the password is wrong"),
    0x0F: gettext_lazy("it does not know the user"),
    0x14: gettext_lazy("its queue is full"),
    0x45: gettext_lazy("it could not take the message"),
    0x48: gettext_lazy("it does not allow this kind of number or name to send"),
    0x49: gettext_lazy("it does not allow this kind of number or name to send"),
    0x50: gettext_lazy("it does not take this kind of phone number"),
    0x51: gettext_lazy("it does not take this kind of phone number"),
    0x53: gettext_lazy("it does not know the system type"),
    0x58: gettext_lazy("it gets more messages a second than the contract allows"),
    0x64: gettext_lazy("it asks to try again later"),
    0x65: gettext_lazy("it refuses the message for good"),
    0x66: gettext_lazy("it refuses the message"),
    0xFE: gettext_lazy("it could not deliver the message"),
}


def name_of(status: int) -> str:
    """Return the name that the operator's engineers use."""
    return _NAMES.get(status, f"0x{status:08X}")


def in_words(status: int) -> str:
    words = _WORDS.get(status, gettext_lazy("it gives no reason"))
    return f"{words} ({name_of(status)})"


def reply_of(status: int) -> Reply:
    """Translate an answer, once, into the words of every channel."""
    if status == OK:
        return Reply(status, kind=ReplyKind.ACCEPTED)
    sentence = _("The SMS centre refused the message: %(why)s.") % {"why": in_words(status)}
    return Reply(status, text=sentence, kind=_kind_of(status))


def _kind_of(status: int) -> ReplyKind:
    for group, kind in (
        (LATER, ReplyKind.LATER),
        (ACCOUNT, ReplyKind.ACCOUNT),
        (ADDRESS, ReplyKind.ADDRESS),
    ):
        if status in group:
            return kind
    return ReplyKind.REFUSED
