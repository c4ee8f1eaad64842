"""Reading what a field is: of a document, or a column of a listing."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from emailketing.sources.connectors import model
from emailketing.sources.connectors.section import Section


def read_path(section: Section) -> str:
    """Read where a value stands in a document; `taxes.` is short for where their rows stand."""
    return re.sub(r"^taxes\.", f"{model.TAXES}.", section.text("path"))


def read_field(section: Section, types: Sequence[str] = model.FIELD_TYPES) -> model.Field:
    field = model.Field(
        path=read_path(section),
        label=section.labels("label"),
        type=section.text("type", "text"),
        column=section.text("column", ""),
        choices=section.choices(),
        words=section.text("words", ""),
    )
    if field.type not in types:
        message = _("the type “%(type)s” is not known; there are %(known)s.")
        raise section.wrong(message % {"type": field.type, "known": ", ".join(types)})
    return field
