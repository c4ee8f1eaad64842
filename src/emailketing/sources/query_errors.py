"""What a database says of a query that cannot run, in words that name table and column."""

import re

from django.utils.translation import gettext as _
from sqlalchemy.exc import DBAPIError

# the server speaks its own language: English, Spanish, Portuguese
_COLUMN = re.compile(
    r"no such column: (?P<a>.+)"
    r"|column (?P<b>\S+|\".+\") does not exist"
    r"|no existe la columna (?P<c>.+)"
    r"|coluna (?P<d>.+) não existe",
    re.IGNORECASE,
)
_TABLE = re.compile(
    r"no such table: (?P<a>.+)"
    r"|relation \"(?P<b>.+)\" does not exist"
    r"|no existe la relación (?P<c>.+)"
    r"|relação (?P<d>.+) não existe",
    re.IGNORECASE,
)


def why(error: DBAPIError) -> str:
    """Return “column total_amount does not exist”, or what the database said, on one line."""
    said = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig)
    said = str(said)
    if found := _COLUMN.search(said):
        return _("column %(column)s does not exist") % {"column": _name(found)}
    if found := _TABLE.search(said):
        return _("table %(table)s does not exist") % {"table": _name(found)}
    if str(getattr(error.orig, "sqlstate", "")) == "42501":
        return _("the account may not read it (%(said)s)") % {"said": said[:200]}
    return said[:300]


def _name(found: "re.Match[str]") -> str:
    whole = next(group for group in found.groups() if group)
    return whole.strip().strip("«»").replace('"', "")
