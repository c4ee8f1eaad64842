"""A page that could not be made: our own database is away, or something nobody thought of."""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error as something_wrong

from emailketing.common.own_database import database_sentence

logger = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the database does not answer; what was being saved may be tried again."""
    error = sys.exc_info()[1]
    if not isinstance(error, OperationalError | InterfaceError):
        return something_wrong(request)
    logger.warning("%s", database_sentence(error))
    page = loader.render_to_string("503.html")
    response = HttpResponse(page, status=503, headers={"Retry-After": "5"})
    response._has_been_logged = True  # type: ignore[attr-defined] # one line is enough
    return response
