"""What a page asks of the business goes on as long as somebody waits for it, and no longer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.http import HttpRequest

from emailketing.common.unwanted import HUNG_UP, OnUnwanted, Unwanted

_newest: dict[str, Unwanted] = {}  # what is asked for, and by whom → the newest time


@dataclass(frozen=True, slots=True)
class Waited:
    """`on_unwanted` is told what ends it; `ends_another`: the same was being made, and ends now."""

    on_unwanted: OnUnwanted
    ends_another: bool


@contextmanager
def waited_for(request: HttpRequest, of: str = "") -> Iterator[Waited]:
    """Let it end when whoever asked is gone, or asks for the same anew.

    Args:
        request: of the page.
        of: what is asked for; empty: what stands in its address.
    """
    match = request.resolver_match
    asked = of or f"{match.url_name} {match.kwargs}" if match else of
    with _newest_of(f"{request.user.pk} {asked}", request.META.get(HUNG_UP)) as waited:
        yield waited


@contextmanager
def _newest_of(key: str, hung_up: Unwanted | None) -> Iterator[Waited]:
    own, before = Unwanted(), _newest.get(key)
    _newest[key] = own
    if before is not None:
        before.tell()
    if hung_up is not None:
        hung_up.on(own.tell)
    try:
        yield Waited(own.on, before is not None)
    finally:
        if _newest.get(key) is own:
            del _newest[key]
