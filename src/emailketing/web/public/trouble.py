"""What a published page says when it has nothing to show: one sentence, and never why exactly."""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from emailketing.common.own_database import database_sentence
from emailketing.links.models import SignedLink

logger = logging.getLogger(__name__)


def said(title: str, text: str, status: int) -> HttpResponse:
    """Return a page of one sentence, in the active language."""
    words = {"title": title, "text": text, "language": get_language()}
    return HttpResponse(loader.render_to_string("public/said.html", words), status=status)


def bad_request(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return said(_("This cannot be answered"), _("Open the link of your message again."), 400)


def not_found(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """The same for what never was, and for a link that somebody made up (S17)."""
    title = _("There is nothing here")
    text = _("This link is not valid. Open it from your message again, whole.")
    return said(title, text, 404)


def over(link: SignedLink) -> HttpResponse:
    """Say in its reader's language that a link is over: only who has it whole hears so."""
    with translation.override(link.language):
        title = _("This page is over")
        if link.revoked_at is not None:
            text = _("It was taken back. Ask whoever sends it to you.")
        else:
            text = _("It is not kept any more. Ask whoever sends it to you for a new one.")
        return said(title, text, 410)


def out_of_date(link: SignedLink) -> HttpResponse:
    """Say that a link to what somebody gets is over: nothing was changed by it."""
    with translation.override(link.language):
        title = _("This link is over")
        text = _("Nothing was changed. Use the link of a newer message, or answer that message.")
        return said(title, text, 410)


def too_often(_request: HttpRequest) -> HttpResponse:
    response = said(_("A moment, please"), _("Too many requests. Try again in a minute."), 429)
    response.headers["Retry-After"] = "60"
    return response


def server_error(_request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    title, text = _("This cannot be shown now"), _("Try again in a few minutes.")
    if not isinstance(error, OperationalError | InterfaceError):
        return said(title, text, 500)
    logger.warning("%s", database_sentence(error))
    response = said(title, text, 503)
    response.headers["Retry-After"] = "5"
    return response
