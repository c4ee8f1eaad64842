"""Text for one line: names, numbers, addresses; a sign nobody sees breaks a head or a list."""

import unicodedata

from django.db import models
from django.utils.translation import gettext as _

from emailketing.common.problems import Problems


def is_one_line(text: str) -> bool:
    """Whether there is no line break, no NUL, nothing that only steers a machine."""
    return not any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in text)


def line_problems(record: models.Model, *fields: str) -> Problems:
    """Yield what is wrong with texts of one line: a break in one, or too long to be kept."""
    for field in fields:
        column = record._meta.get_field(field)
        text, longest = str(getattr(record, field)), getattr(column, "max_length", None)
        if not is_one_line(text):
            yield field, _("Only one line, please.")
        if longest and len(text) > longest:
            yield field, _("At most %(most)s characters.") % {"most": longest}
