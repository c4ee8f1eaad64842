"""The browser's orders: nothing from outside, in no frame of another site."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Unfold 0.91 needs inline scripts and styles, and Alpine's ordinary build needs eval: these two
# stay open (docs/explanation/console.md says what follows). Everything is from our own address.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)


class OnlyFromHere:
    """Middleware: a Content-Security-Policy on every page that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response
