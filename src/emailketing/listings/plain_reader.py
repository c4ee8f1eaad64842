"""Reading a definition strictly: each word asked for once, what is left over is a mistake."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from emailketing.common import conditions
from emailketing.common.conditions import Condition, as_number
from emailketing.common.plain import JSON
from emailketing.common.said import Said
from emailketing.common.said import say as _
from emailketing.content.sheet.column import TONES, Labels, Threshold
from emailketing.listings.errors import DefinitionWrong

LONGEST = 2_000  # letters of a text
LANGUAGES = ("es", "en", "pt")
Word = TypeVar("Word", bound=str)


class PlainReader:
    """One table of a definition; `place` is how a person finds it."""

    def __init__(self, values: JSON, place: str) -> None:
        self.place = place
        if not isinstance(values, Mapping):
            raise self.wrong(_("it must be a table of names and values."))
        self._values: dict[str, JSON] = dict(values)

    def wrong(self, why: Said | str) -> DefinitionWrong:
        return DefinitionWrong(place=self.place, why=why)

    def take(self, word: str) -> JSON:
        return self._values.pop(word, None)

    def has(self, word: str) -> bool:
        return self._values.get(word) not in (None, "", [], {})

    def has_table(self, word: str) -> bool:
        return isinstance(self._values.get(word), Mapping)

    def text(self, word: str, *, needed: bool = False) -> str:
        value = self.take(word)
        if value is None or value == "":
            if needed:
                raise self.wrong(_("“%(word)s” is missing.") % {"word": word})
            return ""
        if not isinstance(value, str) or len(value) > LONGEST:
            raise self._kind(word)
        return value

    def whole(self, word: str, *, least: int = 0, most: int) -> int | None:
        value = self.take(word)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            sentence = _("“%(word)s” is a number from %(least)s to %(most)s.")
            raise self.wrong(sentence % {"word": word, "least": least, "most": most})
        return value

    def flag(self, word: str) -> bool:
        value = self.take(word)
        if value is not None and not isinstance(value, bool):
            raise self._kind(word)
        return bool(value)

    def one_of(self, word: str, known: Sequence[Word]) -> Word:
        value = self.take(word) or ""
        for each in known:
            if each == value:
                return each
        names = ", ".join(name for name in known if name)
        sentence = _("“%(word)s” may be one of: %(known)s.")
        raise self.wrong(sentence % {"word": word, "known": names})

    def take_if(self, word: str, value: str) -> bool:
        """Take the word when it has this value; say whether it had."""
        if self._values.get(word) != value:
            return False
        self.take(word)
        return True

    def names(self, word: str) -> tuple[str, ...]:
        value = self.take(word)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self._kind(word)
        if not all(isinstance(each, str | int | float) for each in value):
            raise self._kind(word)
        return tuple(str(each) for each in value)

    def pairs(self, word: str) -> dict[str, str]:
        value = self.take(word)
        if value is None:
            return {}
        if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
            raise self._kind(word)
        return {str(name): str(text) for name, text in value.items()}

    def labels(self, word: str) -> Labels:
        value = self.take(word)
        if value is None or isinstance(value, str):
            return value or ""
        if not isinstance(value, Mapping) or set(value) - set(LANGUAGES) or not value:
            raise self.wrong(_("“%(word)s” needs a text for es, en and pt.") % {"word": word})
        return {language: str(text) for language, text in value.items()}

    def condition(self, word: str, more: frozenset[str]) -> Condition:
        tree = self.take(word)
        if not tree:
            return {}
        if not isinstance(tree, Mapping):
            raise self._kind(word)
        try:
            conditions.check_shape(tree, more)
        except (conditions.Malformed, RecursionError) as error:
            sentence = _("“%(word)s” is not a condition (%(part)s).")
            raise self.wrong(sentence % {"word": word, "part": str(error)[:100]}) from error
        return _condition(tree)

    def thresholds(self, word: str) -> tuple[Threshold, ...]:
        return tuple(_threshold(each) for each in self.several(word))

    def several(self, word: str, most: int = 100) -> Iterator["PlainReader"]:
        """Yield the tables of a list; each has to be done with before the next."""
        value = self.take(word)
        if value is None:
            return
        if not isinstance(value, list) or len(value) > most:
            raise self._kind(word)
        for number, each in enumerate(value, 1):
            inner = PlainReader(each, f"{self.place} › {word} {number}".strip(" ›"))
            yield inner
            inner.done()

    def named(self, word: str) -> Iterator[tuple[str, "PlainReader"]]:
        value = self.take(word)
        if value is None:
            return
        if not isinstance(value, Mapping):
            raise self._kind(word)
        for name, each in value.items():
            inner = PlainReader(each, f"{self.place} › {word} › {name}".strip(" ›"))
            yield str(name), inner
            inner.done()

    def inner(self, word: str) -> "PlainReader":
        return PlainReader(self.take(word), f"{self.place} › {word}".strip(" ›"))

    def refuse_twice(self, names: Iterable[str]) -> None:
        """Refuse a name that stands in it twice."""
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise self.wrong(_("“%(name)s” stands twice.") % {"name": name})
            seen.add(name)

    def done(self) -> None:
        if self._values:
            word = next(iter(self._values))
            raise self.wrong(_("the word “%(word)s” is not known here.") % {"word": word})

    def _kind(self, word: str) -> DefinitionWrong:
        return self.wrong(_("“%(word)s” has the wrong kind of value.") % {"word": word})


def _condition(tree: Mapping[str, JSON]) -> Condition:
    """Return a tree whose shape was checked."""
    if "all" in tree:
        return {"all": [_condition(each) for each in _trees(tree["all"])]}
    if "any" in tree:
        return {"any": [_condition(each) for each in _trees(tree["any"])]}
    if not tree:
        return {}
    return {"field": str(tree["field"]), "op": str(tree["op"]), "value": tree.get("value")}


def _trees(members: JSON) -> list[Mapping[str, JSON]]:
    several = members if isinstance(members, list) else []
    return [each for each in several if isinstance(each, Mapping)]


def _threshold(reader: PlainReader) -> Threshold:
    side = reader.one_of("side", ("above", "below"))
    tone = reader.one_of("tone", TONES)
    limit = as_number(str(reader.take("limit")))
    if limit is None:
        raise reader.wrong(_("The limit of a threshold must be a number."))
    return Threshold(Decimal(limit), side == "above", tone)
