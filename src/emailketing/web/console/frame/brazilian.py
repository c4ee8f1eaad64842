"""Portuguese is that of Brazil: Django's own words too, which under “pt” are European.

Done once, when the process starts; our catalogue stays on top of both.
"""

import gettext
from pathlib import Path

import django
from django.conf import settings
from django.utils.translation import trans_real

PARTS = ("conf", "contrib/admin", "contrib/auth", "contrib/contenttypes", "contrib/sessions")


def speak_brazilian() -> None:
    """Lay Django's Brazilian words over its European ones, and ours over all."""
    words = trans_real.translation("pt")
    folder = Path(django.__file__).parent
    places = [(folder / part / "locale", "pt_BR") for part in PARTS]
    places += [(Path(path), "pt") for path in settings.LOCALE_PATHS]
    for place, language in places:
        words.merge(gettext.translation("django", place, [language], fallback=True))
