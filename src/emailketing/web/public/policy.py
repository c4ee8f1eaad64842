"""What every published page says of itself (S18), and how often one visitor may ask."""

import threading
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from emailketing.web.public.trouble import bad_request, too_often
from emailketing.web.unlogged import unlogged

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
MINUTE = 60.0
MOST = 120  # requests of one visitor in a minute: a page is three of them
MOST_OF_A_PROXY = 3_000  # all visitors, where the proxy does not tell one from another
MOST_VISITORS = 10_000  # remembered
# monitors, and gateways that have a brake of their own (web/public/hooks.py)
UNCOUNTED = ("/healthz", "/readyz", "/hooks/")
Answer = Callable[[HttpRequest], HttpResponse]


class VisitorBrake:
    """Counts what each visitor asks for in a minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since = 0.0
        self._counts: dict[str, int] = {}

    def takes(self, visitor: str, now: float) -> bool:
        """Count one more; say whether it is still few enough."""
        who, most = _counted(visitor)
        with self._lock:
            if now - self._since >= MINUTE or len(self._counts) >= MOST_VISITORS:
                self._since, self._counts = now, {}
            self._counts[who] = self._counts.get(who, 0) + 1
            return self._counts[who] <= most


def _counted(visitor: str) -> tuple[str, int]:
    """Return whose turns are counted together: of IPv6 a network, which one household has."""
    try:
        address = ip_address(visitor)
    except ValueError:
        return "", MOST_OF_A_PROXY
    if address.is_loopback:
        return str(address), MOST_OF_A_PROXY
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False)), MOST
    return str(address), MOST


class OnlyWhatIsPublished:
    """Middleware: no cookie, nothing kept, nothing loaded from elsewhere, no search engine."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response
        self._brake = VisitorBrake()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.cookies.clear()
        # no line in the log names an address: its token is a secret
        return unlogged(response)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            return bad_request(request)
        visitor = str(request.META.get("REMOTE_ADDR", ""))
        is_counted = not request.path_info.startswith(UNCOUNTED)
        if is_counted and not self._brake.takes(visitor, time.monotonic()):
            return too_often(request)
        return self._get_response(request)
