"""Who is at the other end: behind a proxy that is the address the proxy tells, not the proxy's."""

from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class SeeBehindTheProxy:
    """Middleware: the visitor's address out of the header that the proxy of ours sets itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.ADDRESS_HEADER:
            # of a list the proxy next to us wrote the last; the rest is what the visitor says
            told = request.headers.get(settings.ADDRESS_HEADER, "").rpartition(",")[2].strip()
            with suppress(ValueError):  # not through the proxy
                request.META["REMOTE_ADDR"] = str(ip_address(told))
        return self._get_response(request)
