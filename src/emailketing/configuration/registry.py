"""Every kind of thing in the file, in the order in which they need one another."""

from collections.abc import Iterator
from datetime import datetime
from graphlib import TopologicalSorter
from importlib import import_module
from pkgutil import iter_modules

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.company.models import Company
from emailketing.configuration import kinds
from emailketing.configuration.kind import Entry, EntryKind
from emailketing.configuration.toml import write_file


def _declared() -> Iterator[EntryKind]:
    """Yield what the modules of `kinds` declare."""
    for module in iter_modules(kinds.__path__):
        yield from import_module(f"{kinds.__name__}.{module.name}").KINDS


def in_order(declared: tuple[EntryKind, ...]) -> tuple[EntryKind, ...]:
    """Put first what the others name.

    Raises:
        KeyError: a kind names one that nobody declares.
        graphlib.CycleError: two kinds name each other.
    """
    known = {kind.word: kind for kind in declared}
    order = TopologicalSorter({kind.word: kind.needs for kind in declared}).static_order()
    return tuple(known[word] for word in order)


KINDS = in_order(tuple(_declared()))


def current(kind: EntryKind) -> dict[str, Entry]:
    """Return what is here of this kind, by name; of several of one name the first."""
    found: dict[str, Entry] = {}
    for entry in kind.read():
        found.setdefault(kind.name_of(entry), entry)
    return found


def hand_out(*, by: Who | str, now: datetime) -> str:
    """Write everything down for somebody to take away, and note who took it."""
    note("exported", by=by, now=now, about=Company.get())
    return export_configuration()


def export_configuration() -> str:
    """Write everything down as one readable file, without any secret."""
    return write_file((kind, entry) for kind in KINDS for entry in current(kind).values())
