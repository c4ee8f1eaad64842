"""/look.css: the one file that published pages load, from the same place (no third party)."""

from functools import lru_cache
from importlib import resources

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

DAY = 24 * 3600


@login_not_required
@require_safe
def look(_request: HttpRequest) -> HttpResponse:
    response = HttpResponse(_style(), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={DAY}"
    return response


@lru_cache(maxsize=1)
def _style() -> bytes:
    return resources.files("emailketing.web.public").joinpath("look.css").read_bytes()
