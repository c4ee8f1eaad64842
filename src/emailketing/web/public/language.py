"""Whose language a published page speaks before it is known whose link it is."""

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from emailketing.company.models import Company

HEALTH = ("/healthz", "/readyz")  # must answer without a database


class SpeakLikeTheVisitor:
    """Middleware: what the browser asks for, else the company's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in HEALTH:
            return self._get_response(request)
        with translation.override(language_of(request)):
            return self._get_response(request)


def language_of(request: HttpRequest) -> str:
    """Return one of ours."""
    ours = dict(settings.LANGUAGES)
    for wanted, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if wanted.partition("-")[0] in ours:
            return wanted.partition("-")[0]
    try:
        company = Company.get().language
    except DatabaseError:
        company = ""
    return company if company in ours else str(settings.LANGUAGE_CODE)
