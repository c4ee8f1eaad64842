"""How the long lists search; what cannot be found (yet) is said above them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest

from emailketing.search.find import narrowed, notes
from emailketing.search.models import Kind


def searched(
    request: HttpRequest, rows: "QuerySet[Any]", kind: Kind, words: str
) -> "QuerySet[Any]":
    """Narrow a list; a field that completes what is typed asks too, and is told nothing."""
    match = request.resolver_match
    is_list = match is not None and str(match.url_name).endswith("_changelist")
    for sentence in notes(words, kind) if words.strip() and is_list else ():
        messages.info(request, sentence)
    return narrowed(rows, kind, words)
