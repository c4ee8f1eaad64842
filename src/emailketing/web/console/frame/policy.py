"""The browser's orders: nothing from outside, in no frame of another site, nothing kept."""

import logging
from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)
# Unfold 0.91 needs inline scripts and styles, and Alpine's ordinary build needs eval: these two
# stay open (docs/explanation/console.md says what follows). Everything is from our own address.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)


class OnlyByOurName:
    """Middleware: who asks for another host than ours reads one line, and the log has one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            logger.warning("A request for a host that EMAILKETING_HOSTS does not name was refused")
            text = _("This name is not one of this console. EMAILKETING_HOSTS lists its names.")
            kind = "text/plain; charset=utf-8"
            response = HttpResponse(f"{text}\n", status=400, content_type=kind)
            response._has_been_logged = True  # type: ignore[attr-defined] # one line is enough
            return response
        return self._get_response(request)


class OnlyFromHere:
    """Middleware: what a page does not say itself: where from it may load, that none is kept.

    Pages show addresses and papers: the next person at this computer must not find them with the
    “back” button or in the files of the browser. Icons and styles are served before this.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response
