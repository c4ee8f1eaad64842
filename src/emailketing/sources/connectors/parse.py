"""Reading `connector.toml` strictly: what is not understood is refused, with its place."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from emailketing.common import conditions
from emailketing.sources.capture.base import Watch
from emailketing.sources.connectors import model
from emailketing.sources.connectors.model import ConnectorError, Labels, Query

FILE = "connector.toml"
LANGUAGES = ("es", "en", "pt")
DIALECTS = ("sqlite", "postgresql")
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
Made = TypeVar("Made")


class Section:
    """One table of the file; every value asked for once, leftovers are mistakes."""

    def __init__(self, values: Mapping[str, Any], place: str, folder: Path) -> None:
        self._values = dict(values)
        self.place = place
        self.folder = folder

    def wrong(self, sentence: str) -> ConnectorError:
        where = f"{FILE} [{self.place}]" if self.place else FILE
        return ConnectorError(f"{self.folder.name}/{where}: {sentence}")

    def take(self, word: str, kind: type[Made], default: Made | None = None) -> Made:
        if word not in self._values:
            if default is None:
                raise self.wrong(_("“%(word)s” is missing.") % {"word": word})
            return default
        value = self._values.pop(word)
        if kind is float and isinstance(value, int):
            value = float(value)
        if not isinstance(value, kind):
            raise self.wrong(_("“%(word)s” has the wrong kind of value.") % {"word": word})
        return value

    def text(self, word: str, default: str | None = None) -> str:
        return self.take(word, str, default)

    def texts(self, word: str) -> tuple[str, ...]:
        return tuple(str(value) for value in self.take(word, list, []))

    def labels(self, word: str, *, optional: bool = False) -> Labels:
        """Read {es = "…", en = "…", pt = "…"}; a plain text stands for all three."""
        if optional and word not in self._values:
            return {}
        value = self._values.pop(word, None)
        if isinstance(value, str):
            return dict.fromkeys(LANGUAGES, value)
        if not isinstance(value, dict) or set(value) - set(LANGUAGES) or not value:
            raise self.wrong(_("“%(word)s” needs a text for es, en and pt.") % {"word": word})
        return {language: str(text) for language, text in value.items()}

    def query(self, word: str) -> Query | None:
        if word not in self._values:
            return None
        file = self.text(word)
        stem = file.removesuffix(".sql")
        variants = {
            dialect: (f"{stem}.{dialect}.sql", self._sql(f"{stem}.{dialect}.sql"))
            for dialect in DIALECTS
            if (self.folder / f"{stem}.{dialect}.sql").is_file()
        }
        has_common = (self.folder / f"{stem}.sql").is_file() or not variants
        return Query(f"{stem}.sql", self._sql(f"{stem}.sql") if has_common else "", variants)

    def layout(self, word: str) -> str:
        """Return a layout's name, or the full path of a .typ file that stands in the folder."""
        name = self.text(word, "")
        if not name.endswith(".typ"):
            return name
        path = self.folder.resolve() / name
        if path.parent != self.folder.resolve() or not path.is_file():
            raise self.wrong(_("there is no file %(file)s.") % {"file": name})
        return str(path)

    def needed_query(self, word: str) -> Query:
        query = self.query(word)
        if query is None:
            raise self.wrong(_("“%(word)s” is missing.") % {"word": word})
        return query

    def _sql(self, file: str) -> str:
        path = self.folder / file
        if path.resolve().parent != self.folder.resolve():
            raise self.wrong(_("%(file)s must stand in the connector's folder.") % {"file": file})
        try:
            return path.read_text(encoding="utf-8").strip().rstrip(";")
        except (OSError, UnicodeDecodeError) as error:
            raise self.wrong(_("there is no readable file %(file)s.") % {"file": file}) from error

    def condition(self, word: str) -> Mapping[str, Any]:
        tree = self.take(word, dict, {})
        try:
            conditions.check_shape(tree)
        except conditions.Malformed as error:
            raise self.wrong(f"{word}: {error}") from error
        return tree

    def sections(self, word: str) -> Iterator["Section"]:
        """Yield the tables of an array [[word]]."""
        for number, values in enumerate(self.take(word, list, []), 1):
            yield self._inner(values, f"{word} {number}")

    def named(self, word: str) -> Iterator[tuple[str, "Section"]]:
        """Yield name and table of each [word.name]."""
        for name, values in self.take(word, dict, {}).items():
            if not NAME.fullmatch(name):
                message = _("the name “%(name)s” may hold small letters, digits and _ only.")
                raise self.wrong(message % {"name": name})
            yield name, self._inner(values, f"{word}.{name}")

    def _inner(self, values: Any, word: str) -> "Section":
        if not isinstance(values, dict):
            raise self.wrong(_("“%(word)s” has the wrong kind of value.") % {"word": word})
        return Section(values, f"{self.place}.{word}".lstrip("."), self.folder)

    def done(self) -> None:
        if self._values:
            word = next(iter(self._values))
            raise self.wrong(_("the word “%(word)s” is not known here.") % {"word": word})


def parse(folder: Path) -> model.Connector:
    """Read the connector in this folder.

    Raises:
        ConnectorError: one sentence with file, place and what is wrong.
    """
    try:
        values = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        message = _("There is no connector in “%(folder)s”: %(file)s is missing.")
        raise ConnectorError(message % {"folder": folder, "file": FILE}) from error
    except tomllib.TOMLDecodeError as error:
        raise ConnectorError(f"{folder.name}/{FILE}: {error}") from error
    top = Section(values, "", folder)
    connector = _connector(top, folder)
    top.done()
    _check_names(connector, top)
    return connector


def _connector(top: Section, folder: Path) -> model.Connector:
    everywhere = top.texts("ignore")
    default_actor = top.text("actor_column", "")
    documents = {name: _closed(s, _document, name) for name, s in top.named("documents")}
    parties = {name: _closed(s, _party, name) for name, s in top.named("parties")}
    stated = [
        watch
        for section in top.sections("tables")
        for watch in _closed(section, _watches, everywhere, default_actor)
    ]
    return model.Connector(
        name=folder.name,
        title=top.labels("title"),
        version=str(top.take("version", int, 1)),
        folder=folder,
        dialects=_dialects(top),
        description=top.labels("description", optional=True),
        settle=top.take("settle", float, model.SETTLE),
        tables=_all_tables(stated, documents, parties, everywhere),
        schemas={name: _closed(s, _schema) for name, s in top.named("schemas")},
        documents=documents,
        processes={name: _closed(s, _process, name) for name, s in top.named("processes")},
        parties=parties,
        usages=dict(_usages(top)),
        actor=_actor(top),
        listings={name: _closed(s, _listing, name) for name, s in top.named("listings")},
        products=top.query("products"),
    )


def _closed(section: Section, make: Callable[..., Made], *more: Any) -> Made:
    made = make(section, *more)
    section.done()
    return made


def _dialects(top: Section) -> tuple[str, ...]:
    dialects = top.texts("dialects")
    unknown = [name for name in dialects if name not in DIALECTS]
    if unknown or not dialects:
        raise top.wrong(_("“dialects” may name: %(known)s.") % {"known": ", ".join(DIALECTS)})
    return dialects


def _schema(section: Section) -> str:
    return section.text("schema")


def _usages(top: Section) -> Iterator[tuple[str, Labels]]:
    for name, section in top.named("usages"):
        yield name, _closed(section, lambda s: s.labels("label"))


def _actor(top: Section) -> model.Actor:
    section = Section(top.take("actor", dict, {}), "actor", top.folder)
    return _closed(
        section,
        lambda s: model.Actor(s.query("name"), s.query("deleted"), s.text("created_column", "")),
    )


def _watches(section: Section, everywhere: tuple[str, ...], default_actor: str) -> list[Watch]:
    names = section.texts("names") or (section.text("table"),)
    ignore = (*everywhere, *section.texts("ignore"))
    actor = section.text("actor", default_actor) or None
    return [Watch(table=name, ignore=ignore, actor=actor) for name in names]


def _all_tables(
    stated: list[Watch],
    documents: Mapping[str, model.DocumentType],
    parties: Mapping[str, model.Party],
    everywhere: tuple[str, ...],
) -> tuple[Watch, ...]:
    """Return the stated tables, and those of documents and parties that were not stated."""
    tables = {watch.table: watch for watch in stated}
    owners: list[model.DocumentType | model.Party] = [*documents.values(), *parties.values()]
    for owner in owners:
        for table in (owner.table, *(child.table for child in owner.children)):
            tables.setdefault(table, Watch(table=table, ignore=everywhere))
    return tuple(tables.values())


def _children(section: Section) -> tuple[model.Child, ...]:
    return tuple(_closed(child, _child) for child in section.sections("children"))


def _child(section: Section) -> model.Child:
    child = model.Child(section.text("table"), section.text("column", ""), section.query("parents"))
    if not child.column and child.parents is None:
        raise section.wrong(_("“%(word)s” is missing.") % {"word": "column"})
    return child


def _fields(section: Section) -> tuple[model.Field, ...]:
    return tuple(_closed(field, _field) for field in section.sections("fields"))


def _field(section: Section) -> model.Field:
    field = model.Field(
        path=section.text("path"),
        label=section.labels("label"),
        type=section.text("type", "text"),
        column=section.text("column", ""),
    )
    if field.type not in model.FIELD_TYPES:
        message = _("the type “%(type)s” is not known; there are %(known)s.")
        raise section.wrong(message % {"type": field.type, "known": ", ".join(model.FIELD_TYPES)})
    return field


def _document(section: Section, name: str) -> model.DocumentType:
    return model.DocumentType(
        type=name,
        label=section.labels("label"),
        table=section.text("table"),
        key=section.text("key", "id"),
        text=section.labels("text"),
        header=section.needed_query("header"),
        lines=section.query("lines"),
        taxes=section.query("taxes"),
        party=section.text("party", ""),
        fields=_fields(section),
        children=_children(section),
        names={str(k): str(v) for k, v in section.take("names", dict, {}).items()},
        layout=section.layout("layout"),
    )


def _process(section: Section, name: str) -> model.Process:
    return model.Process(
        name=name,
        label=section.labels("label"),
        document_type=section.text("document"),
        becomes=section.condition("becomes"),
        sendable=section.condition("sendable"),
        past=section.query("past"),
    )


def _party(section: Section, kind: str) -> model.Party:
    return model.Party(
        kind=kind,
        label=section.labels("label"),
        table=section.text("table"),
        key=section.text("key", "id"),
        contact=section.needed_query("contact"),
        addresses=section.query("addresses"),
        children=_children(section),
    )


def _listing(section: Section, name: str) -> model.Listing:
    return model.Listing(
        name, section.labels("label"), section.needed_query("query"), _fields(section)
    )


def _check_names(connector: model.Connector, top: Section) -> None:
    """Refuse what names a document, party or field that is not there."""
    for document in connector.documents.values():
        if document.party and document.party not in connector.parties:
            raise top.wrong(_("there is no [parties.%(name)s].") % {"name": document.party})
    for process in connector.processes.values():
        if process.document_type not in connector.documents:
            raise top.wrong(
                _("there is no [documents.%(name)s].") % {"name": process.document_type}
            )
        known = {"lines", *connector.documents[process.document_type].field_types()}
        for tree in (process.becomes, process.sendable):
            for path in conditions.paths(tree):
                if path not in known:
                    message = _(
                        "process %(process)s asks for the field “%(field)s”, which its "
                        "document does not list."
                    )
                    raise top.wrong(message % {"process": process.name, "field": path})
