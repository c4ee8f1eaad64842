"""The address of a sender's gateway, checked before it is saved (S14)."""

from collections.abc import Iterator

from emailketing.channels.http.address import UrlRefused
from emailketing.channels.http.address import check_url as refuse_url
from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.models import Sender


def check_url(sender: Sender) -> Iterator[SenderInvalid]:
    url = str(sender.options.get("url") or "")
    if not url:  # said already
        return
    try:
        refuse_url(url)
    except UrlRefused as error:
        yield SenderInvalid(str(error), "option_url")
