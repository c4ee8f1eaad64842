"""What the Cloud API's error codes mean for a message (M5); the same come in answers and receipts.

A number without WhatsApp (131026) is refused for this channel only: it may well take an SMS.
"""

from typing import Any

from django.utils.translation import gettext as _

from emailketing.channels.base import ReplyKind

ACCOUNT = frozenset(
    {0, 3, 10, 100_033, 190, 368, 131005, 131031, 131042, 131045, 133005, 133006, 133010, 133015}
) | frozenset(range(200, 300))
LATER = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004, 133016})
NO_WHATSAPP, WINDOW_CLOSED, ENOUGH_FOR_NOW = 131026, 131047, 131049


def kind_of(code: int) -> ReplyKind:
    if code in ACCOUNT:
        return ReplyKind.ACCOUNT
    return ReplyKind.LATER if code in LATER else ReplyKind.REFUSED


def sentence_of(code: int, words: str) -> str:
    """Say it in our words where a person can do something about it."""
    known = {
        NO_WHATSAPP: _("This number has no WhatsApp, or an old one that takes no such messages."),
        WINDOW_CLOSED: _(
            "More than 24 hours have passed since this person wrote: only an approved text may go."
        ),
        ENOUGH_FOR_NOW: _("WhatsApp has shown this person enough advertising for now."),
        190: _("The access token of WhatsApp is not valid any more. Enter a new one."),
        132001: _("WhatsApp knows no approved text of this name in this language."),
        132000: _("The approved text takes another number of parameters."),
        131042: _("WhatsApp has no valid means of payment for this account."),
    }
    sentence = known.get(code, "")
    return f"{sentence} ({code})" if sentence else f"{code}: {words}"


def error_in(said: Any) -> tuple[int, str] | None:
    """Return code and words of an error object, None where there is none."""
    if not isinstance(said, dict) or not isinstance(said.get("code"), int):
        return None
    data = said.get("error_data")
    details = data.get("details") if isinstance(data, dict) else ""
    words = details or said.get("message") or said.get("title") or ""
    return said["code"], " ".join(str(words).split())[:300]
