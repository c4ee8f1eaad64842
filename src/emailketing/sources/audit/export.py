"""What a search of the changes finds, to be taken away as a sheet; who took it is noted."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.common.plain import Cell
from emailketing.sources.audit.search import Filters, lines


def rows_to_take(
    filters: Filters, ending: str, *, by: Who | str, now: datetime
) -> Iterator[list[Cell]]:
    """Note who takes what was asked for, before the first row is handed out; return the rows."""
    asked = {name: ["", str(value)] for name, value in asdict(filters).items() if value}
    note("exported", by=by, now=now, changes={**asked, "format": ["", ending]})
    return lines(filters.changes().iterator(chunk_size=500), gaps=filters.gaps())
