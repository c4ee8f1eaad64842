"""Which kinds of business database there are: each folder beside this file is one.

Imports no more than it must: the models ask here.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from emailketing.sources.capture.errors import Unsupported

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from emailketing.sources.dialects.base import Dialect

DIALECT = "emailketing_dialect"  # among an engine's options: SQLAlchemy's names are not ours
PACKAGE = __name__.rpartition(".")[0]
IN_A_COMMAND, IN_A_FORM = "sqlite", "postgresql"  # what is meant where none is named


@cache
def dialects() -> "dict[str, type[Dialect]]":
    """Return every dialect by its name: the class that its folder calls `DIALECT`."""
    folders = [each.name for each in iter_modules([str(Path(__file__).parent)]) if each.ispkg]
    found = [import_module(f"{PACKAGE}.{name}").DIALECT for name in folders]
    return {dialect.name: dialect for dialect in found}


def titles() -> list[tuple[str, str]]:
    """Return (name, title) of each, to choose from."""
    return sorted(((d.name, d.title) for d in dialects().values()), key=lambda pair: pair[1])


def dialect_named(name: str) -> "Dialect":
    """Return the dialect called so.

    Raises:
        Unsupported: there is none.
    """
    if name not in dialects():
        raise Unsupported(detail=name)
    return dialects()[name]()


def dialect_of(database: "Engine | Connection") -> "Dialect":
    """Return the dialect by which this was opened."""
    dialect: Dialect = database.get_execution_options()[DIALECT]
    return dialect
