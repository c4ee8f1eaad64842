"""How the long lists search; what cannot be found (yet) is said above them."""

from typing import TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from emailketing.search.find import narrowed, notes
from emailketing.search.models import Kind

Searched = TypeVar("Searched", bound=Model)


def searched(
    request: HttpRequest, rows: "QuerySet[Searched]", kind: Kind, words: str
) -> "QuerySet[Searched]":
    """Narrow a list; a field that completes what is typed asks too, and is told nothing."""
    match = request.resolver_match
    is_list = match is not None and str(match.url_name).endswith("_changelist")
    for sentence in notes(words, kind) if words.strip() and is_list else ():
        messages.info(request, sentence)
    return narrowed(rows, kind, words)
