"""Who looks: a person, or a program that looks at links before or instead of one (S19).

Programs are counted apart. What is sure: HEAD, and the names that programs give themselves
(previews of messengers, scanners of mail). What is a guess: the first GET of a link by something
that does not say, as every browser since 2023 does over HTTPS, that it opens a page.
"""

import re

from django.http import HttpRequest

from emailketing.channels.catalogue import channels

NAMES = re.compile(
    r"bot\b|bot/|crawl|spider|preview|scan|facebookexternalhit|telegram|slack|discord|skype"
    r"|linkedin|twitter|pinterest|google-|googleother|apis-google|mediapartners|bingpreview|yandex"
    r"|proofpoint|mimecast|barracuda|safelinks|symantec|trendmicro|sophos|forcepoint|fireeye|cisco"
    r"|curl|wget|python|java/|go-http|okhttp|libwww|httpclient|node-fetch|axios|ruby|perl|headless"
    r"|phantomjs|monitor|uptime|validator|archiver|iframely|embedly|outbrain|vkshare|w3c_",
    re.IGNORECASE,
)
AHEAD = ("prefetch", "prerender", "preview")
LONGEST = 400


def is_machine(request: HttpRequest, *, is_first: bool) -> bool:
    """Say whether this look is of a program; `is_first`: nobody has looked at this link yet."""
    told = request.headers.get("User-Agent", "")[:LONGEST]
    if request.method == "HEAD" or not told or NAMES.search(told) or _is_preview(told):
        return True
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if any(word in purpose.lower() for word in AHEAD):
        return True
    if "html" not in request.headers.get("Accept", ""):
        return True
    opens_a_page = request.headers.get("Sec-Fetch-Mode", "") == "navigate"
    return is_first and not opens_a_page


def _is_preview(told: str) -> bool:
    """Say whether the app of a channel looks, to show the link in its chat."""
    names = (channel.previews_as for channel in channels().values())
    return any(name and name.lower() in told.lower() for name in names)
