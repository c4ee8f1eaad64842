"""What a database says of a query that cannot run, in words that name table and column."""

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

LONGEST = 300  # characters


def first_line(error: "DBAPIError") -> str:
    """Return what the database said, on one line."""
    lines = str(error.orig).strip().splitlines()
    return (lines[0] if lines else str(type(error.orig)))[:LONGEST]


def without(said: str, *, column: "re.Pattern[str]", table: "re.Pattern[str]") -> str | None:
    """Say that a column or table does not exist, when that is what was said.

    The patterns have a group for each of the languages a server speaks.
    """
    if found := column.search(said):
        return _("column %(column)s does not exist") % {"column": _name(found)}
    if found := table.search(said):
        return _("table %(table)s does not exist") % {"table": _name(found)}
    return None


def _name(found: "re.Match[str]") -> str:
    whole = next(group for group in found.groups() if group)
    return whole.strip().strip("«»").replace('"', "")
