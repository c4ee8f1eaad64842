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
    for sentence in notes(words, kind) if words.strip() else ():
        messages.info(request, sentence)
    return narrowed(rows, kind, words)
