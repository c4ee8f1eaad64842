"""The console speaks the user's language and shows the company's local time."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from emailketing.accounts.models import User
from emailketing.company.models import Company

HEALTH = ("/healthz", "/readyz")  # must answer without a database


class SpeakLikeTheUser:
    """Middleware: user's language, else the company's; `request.company` for the pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in HEALTH:
            return self._get_response(request)
        company = _company()
        request.company = company  # type: ignore[attr-defined]
        with translation.override(_language(request, company)), timezone.override(_zone(company)):
            response = self._get_response(request)
            # a template is rendered late, when the language would be gone
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
        response.headers.setdefault("Content-Language", _language(request, company))
        return response


def _company() -> Company:
    try:
        return Company.get()
    except DatabaseError:
        return Company()


def _language(request: HttpRequest, company: Company) -> str:
    user: Any = getattr(request, "user", None)
    chosen = user.language if isinstance(user, User) or _is_signed_in(user) else company.language
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _is_signed_in(user: Any) -> bool:
    return bool(user is not None and user.is_authenticated)


def _zone(company: Company) -> ZoneInfo:
    try:
        return ZoneInfo(company.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)
