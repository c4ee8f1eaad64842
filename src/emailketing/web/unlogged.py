"""Answers that Django need not log: they say all, or their address is a secret."""

from django.http import HttpResponse


def unlogged(response: HttpResponse) -> HttpResponse:
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
