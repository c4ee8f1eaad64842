"""What PostgreSQL says of a query, and how it gives its rows."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from emailketing.sources.dialects.query_errors import first_line, without
from emailketing.sources.dialects.tables import Stored

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

BPCHAR = 1042  # the number of CHAR(n)
# the numbers of its types
STORED: dict[int, Stored] = {
    16: "boolean",
    **dict.fromkeys((20, 21, 23, 700, 701, 790, 1700), "number"),
    1082: "date",
    1114: "moment",
    1184: "instant",
}
STOPPED = "57014"
BUSY = frozenset({"55P03", "40P01", STOPPED, "40001"})
LOST = ("08", "57P")
NO_RIGHT = "42501"
# the server speaks its own language: English, Spanish, Portuguese
_COLUMN = re.compile(
    r"column (\S+|\".+\") does not exist|no existe la columna (.+)|coluna (.+) não existe",
    re.IGNORECASE,
)
_TABLE = re.compile(
    r"relation \"(.+)\" does not exist|no existe la relación (.+)|relação (.+) não existe",
    re.IGNORECASE,
)


def code_of(error: "DBAPIError") -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")


def why(error: "DBAPIError") -> str:
    said = first_line(error)
    if sentence := without(said, column=_COLUMN, table=_TABLE):
        return sentence
    if code_of(error) == NO_RIGHT:
        return _("the account may not read it (%(said)s)") % {"said": said[:200]}
    return said


def padded(described: Sequence[Sequence[Any]]) -> list[str]:
    """Return the columns of CHAR(n): the blanks it is filled up with mean nothing."""
    return [column[0] for column in described if column[1] == BPCHAR]
