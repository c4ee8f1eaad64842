"""What a sender of WhatsApp must be before it is saved."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from emailketing.channels.http.url_check import check_url
from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.models import Sender
from emailketing.channels.shared_checks import check_our_number

LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,4})?")


def _check_cloud(sender: Sender) -> Iterator[SenderInvalid]:
    yield from check_url(sender)
    yield from check_our_number(sender)
    if not str(sender.options.get("phone_number_id") or "").isdecimal():
        sentence = _("Only digits: it is not the number itself but its identifier.")
        yield SenderInvalid(sentence, "option_phone_number_id")
    for name, value in sender.options.items():
        if name.startswith("language_") and not LANGUAGE_CODE.fullmatch(str(value)):
            sentence = _("“%(value)s” is no code of a language: es, en_US, pt_BR …")
            yield SenderInvalid(sentence % {"value": str(value)[:20]}, f"option_{name}")


CHECKS = {"whatsapp": _check_cloud}
