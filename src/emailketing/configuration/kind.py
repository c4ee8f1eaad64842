"""What each kind of thing in the file has in common: how it is named, read and saved."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from emailketing.accounts.who import Who

Entry = dict[str, Any]  # field → plain value, as the file has it
EMPTY = ""  # what the file says for “none”


class ConfigurationInvalid(Exception):
    """The file cannot be taken over; one sentence says where and why. Nothing was changed."""


@dataclass
class Take:
    """Who takes it over and when; what could not be taken over as it stands, in words."""

    by: Who | str
    now: datetime
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class EntryKind:
    """One kind of thing.

    Attributes:
        word: its heading in the file: [[rule]].
        keys: the fields that say which one it is; none: there is only one.
        fields: every other field with the kind of its value.
        read: all there are, as the file has them.
        save: make one (existing is None) or change one; gets the whole entry.
        needs: the kinds it names: they are taken over before it.
        kept: fields that only count for a new one: servers, databases, switches of this place.
        stays: says of which of them the file has it otherwise than it is, and stays, here.
        as_now: puts what an earlier version wrote into today's words, beside what is known here;
            a ConfigurationInvalid says what it cannot read.
        refusals: what `save` may refuse with, one sentence each for whoever brings the file;
            anything else is a fault of the program.
        model: whose fields these are, for their names.
    """

    word: str
    keys: tuple[str, ...]
    fields: Mapping[str, type]
    read: Callable[[], Iterator[Entry]]
    save: Callable[[Entry, "Take", bool], None]
    model: type[models.Model]
    needs: tuple[str, ...] = ()
    kept: frozenset[str] = frozenset()
    stays: Callable[[Mapping[str, Entry]], list[str]] | None = None
    as_now: Callable[[Entry, Entry | None], Entry] | None = None
    refusals: tuple[type[Exception], ...] = ()

    @property
    def label(self) -> str:
        """What the console calls it."""
        return str(self.model._meta.verbose_name)

    def name_of(self, entry: Mapping[str, Any]) -> str:
        return " / ".join(str(entry[key]) for key in self.keys if entry.get(key))

    def label_of(self, name: str) -> str:
        """Return what the console calls a field; a text in a language is named after it."""
        head, _dot, rest = name.partition(".")
        if head == "texts":
            return rest
        known = {one.name: one for one in self.model._meta.get_fields()}
        found = known.get(head)
        if isinstance(found, models.ManyToOneRel):  # rows that belong to it
            return str(found.related_model._meta.verbose_name_plural)
        return str(getattr(found, "verbose_name", head))


def plain(value: Any) -> Any:
    """Return a value as the file has it."""
    if value is None:
        return EMPTY
    return value if isinstance(value, str | bool | int | list | dict) else str(value)


def entry_of(instance: models.Model, names: Mapping[str, type]) -> Entry:
    return {name: plain(getattr(instance, name)) for name in names}


def fill(instance: models.Model, entry: Entry, names: Mapping[str, type]) -> None:
    """Put the values of an entry into a model, each as its field wants it."""
    for name in names:
        if name not in entry:
            continue
        value, model_field = entry[name], instance._meta.get_field(name)
        if value == EMPTY and getattr(model_field, "null", False):
            value = None
        setattr(instance, name, model_field.to_python(value))  # type: ignore[union-attr]
