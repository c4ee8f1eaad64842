"""Take a file over: all of it or nothing, by the same verbs as the console."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.company.models import Company
from emailketing.configuration.compare import Difference, differences
from emailketing.configuration.kind import ConfigurationInvalid, Entry, EntryKind, Take
from emailketing.configuration.registry import KINDS
from emailketing.configuration.toml import read_file


@dataclass
class Applied:
    """What was changed, and what has to be done by hand."""

    differences: list[Difference] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def apply(text: str, *, by: Who | str, now: datetime) -> Applied:
    """Take the file over and note it, in one transaction; what it does not name stays as it is.

    Raises:
        ConfigurationInvalid: something cannot be; nothing was changed.
    """
    wanted = read_file(text, KINDS)
    take, applied = Take(by, now), Applied()
    with transaction.atomic():
        for kind, entry, known, difference in differences(wanted):
            _save(kind, _merged(kind, entry, known), take, difference)
            applied.differences.append(difference)
        changes = {f"{one.kind}: {one.name}": _words(one) for one in applied.differences}
        if changes:
            note("imported", by=by, now=now, about=Company.get(), changes=changes)
    applied.notices = take.notices
    return applied


def _words(one: Difference) -> list[str]:
    return ["", _("new")] if one.is_new else ["…", _("changed")]


def _merged(kind: EntryKind, entry: Entry, known: Entry | None) -> Entry:
    if known is None:
        return entry
    mine = {word: value for word, value in entry.items() if word not in kind.kept}
    return {**known, **mine}


def _save(kind: EntryKind, entry: Entry, take: Take, difference: Difference) -> None:
    refusals: tuple[type[Exception], ...]
    refusals = (*kind.refusals, ConfigurationInvalid, ValidationError)
    try:
        with transaction.atomic():
            kind.save(entry, take, difference.is_new)
    except refusals as error:
        why = error.messages[0] if isinstance(error, ValidationError) else str(error)
        raise ConfigurationInvalid(f"{kind.label} “{difference.name}”: {why}") from error
