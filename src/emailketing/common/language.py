"""The language that is spoken at this moment: es, en or pt."""

from django.utils.translation import get_language


def active_language() -> str:
    """Return it without a country: “es” for es-py, and where nothing is active."""
    return (get_language() or "es").split("-", maxsplit=1)[0]
