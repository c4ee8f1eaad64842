"""One table of a connector's file: every value is asked for once, what is left is a mistake."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from emailketing.common import conditions
from emailketing.sources.connectors.model import ConnectorError, Labels, Query
from emailketing.sources.dialects.registry import dialects

FILE = "connector.toml"
LANGUAGES = ("es", "en", "pt")
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
Made = TypeVar("Made")


class Section:
    """One table of the file; every value asked for once, leftovers are mistakes."""

    def __init__(
        self,
        values: Mapping[str, Any],
        place: str,
        folder: Path,
        files: Mapping[str, str] | None = None,
    ) -> None:
        self._values = dict(values)
        self.place = place
        self.folder = folder
        self._files = files or {}  # place → file, where it is not connector.toml

    def wrong(self, sentence: str) -> ConnectorError:
        file = next(
            (f for place, f in self._files.items() if f"{self.place}.".startswith(f"{place}.")),
            FILE,
        )
        where = f"{file} [{self.place}]" if self.place else file
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

    def table(self) -> str:
        """Read the name of a table, with its schema in front where it says one."""
        schema = self.text("schema", "")
        table = self.text("table")
        return f"{schema}.{table}" if schema else table

    def key(self, word: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Read the columns of a key: one name, or a list of several."""
        if isinstance(self._values.get(word), str):
            return (self.text(word),)
        columns = tuple(str(name) for name in self.take(word, list, list(default)))
        if len(set(columns)) < len(columns) or (word == "key" and not columns):
            raise self.wrong(_("“%(word)s” needs different columns.") % {"word": word})
        return columns

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
            for dialect in dialects()
            if (self.folder / f"{stem}.{dialect}.sql").is_file()
        }
        has_common = (self.folder / f"{stem}.sql").is_file() or not variants
        return Query(f"{stem}.sql", self._sql(f"{stem}.sql") if has_common else "", variants)

    def queries(self, word: str) -> dict[str, Query]:
        """Read {name = "file.sql", …}."""
        files = self.take(word, dict, {})
        section = self._inner(files, word)
        for name in files:
            section.check_name(name)
        return {name: section.needed_query(name) for name in files}

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

    def condition(self, word: str, more: frozenset[str] = frozenset()) -> conditions.Condition:
        """Read a tree; `more`: comparisons that only rules know."""
        tree: Any = self.take(word, dict, {})
        try:
            conditions.check_shape(tree, more)
        except conditions.Malformed as error:
            raise self.wrong(f"{word}: {error}") from error
        condition: conditions.Condition = tree
        return condition

    def sections(self, word: str) -> Iterator["Section"]:
        """Yield the tables of an array [[word]]."""
        for number, values in enumerate(self.take(word, list, []), 1):
            yield self._inner(values, f"{word} {number}")

    def named(self, word: str, *, any_name: bool = False) -> Iterator[tuple[str, "Section"]]:
        """Yield name and table of each [word.name]; `any_name`: a name of the business's own."""
        for name, values in self.take(word, dict, {}).items():
            if not any_name:
                self.check_name(name)
            yield name, self._inner(values, f"{word}.{name}")

    def each(self, word: str) -> Iterator[tuple[str, "Section"]]:
        """Yield each name of the table [word] with a section that holds its value alone."""
        for name, value in self.take(word, dict, {}).items():
            yield name, self._inner({name: value}, f"{word}.{name}")

    def optional(self, word: str) -> Iterator["Section"]:
        """Yield the table [word] when there is one."""
        if word in self._values:
            yield self._inner(self._values.pop(word), word)

    def choices(self) -> dict[str, Labels]:
        """Read what the values of a field or column are called: value → label."""
        return {
            name: inner.labels(name) for inner in self.optional("choices") for name in inner.words()
        }

    def words(self) -> list[str]:
        """Return the words that have not been asked for yet."""
        return list(self._values)

    def check_name(self, name: str) -> None:
        if not NAME.fullmatch(name):
            message = _("the name “%(name)s” may hold small letters, digits and _ only.")
            raise self.wrong(message % {"name": name})

    def at(self, place: str) -> "Section":
        """Return an empty section, to complain about what stands at that place."""
        return Section({}, place, self.folder, self._files)

    def _inner(self, values: Any, word: str) -> "Section":
        if not isinstance(values, dict):
            raise self.wrong(_("“%(word)s” has the wrong kind of value.") % {"word": word})
        place = f"{self.place}.{word}".lstrip(".")
        return Section(values, place, self.folder, self._files)

    def done(self) -> None:
        if self._values:
            word = next(iter(self._values))
            raise self.wrong(_("the word “%(word)s” is not known here.") % {"word": word})


def closed(section: Section, make: Callable[..., Made], *more: Any) -> Made:
    """Make something of a section and refuse what was not asked for."""
    made = make(section, *more)
    section.done()
    return made
