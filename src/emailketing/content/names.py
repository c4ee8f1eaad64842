"""Find wrong names when a template is saved: with the line, and what was probably meant.

Trying a template finds only what the sample happens to reach; this reads every tag, knows what
each loop variable stands for, and knows every filter.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from emailketing.common.plain import Values
from emailketing.content.bounds import STATEMENTS, tags

TOKEN = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<number>\d[\w.]*)|(?P<name>[^\W\d]\w*)"""
    r"""|(?P<sign>==|!=|<=|>=|//|\*\*|[-+*/%~<>=|.,:()\[\]{}])|(?P<blank>\s+)|(?P<other>.)""",
    re.DOTALL,
)
WORDS = frozenset({"and", "or", "not", "in", "is", "if", "else"}) | {
    "true",
    "false",
    "none",
    "True",
    "False",
    "None",
}
TESTS = frozenset(
    {"defined", "undefined", "none", "odd", "even", "divisibleby", "startingwith", "endingwith"}
) | {"in", "above", "below", "equal"}
FUNCTIONS = frozenset({"range"})
LOOP = dict.fromkeys(
    ["index", "index0", "revindex", "revindex0", "first", "last", "length", "depth"], ""
)
# a path that still is the same list behind it: sorted, or a part of it
LIST = re.compile(
    r"(?P<path>\w+(?:\.\w+)*)\s*(?:\[[\d:\s-]*\])?(?:\|\s*(?:sort|reverse|list|unique)\s*(?:\([^)]*\))?\s*)*"
)
ORDER = frozenset({"<", ">", "<=", ">="})
ALIKE = 0.72  # of difflib: 1 is the same
ALIKE_ALONE = 0.55  # the last part by itself
ANYTHING = object()  # a value whose names we do not know


class WrongName(Exception):
    """A template names something that does not exist."""

    def __init__(self, sentence: str, line: int, suggestion: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line
        self.suggestion = suggestion


@dataclass
class NameReader:
    filters: frozenset[str]
    scopes: list[dict[str, Any]]
    line: int = 1
    tokens: list[re.Match[str]] = field(default_factory=list)
    at: int = 0
    last: Any = ANYTHING  # what the path just read stands for

    def statement(self, text: str) -> None:
        word, _blank, rest = text.partition(" ")
        if word not in STATEMENTS:
            sentence = _("“%(word)s” cannot be used here. There are: %(words)s.")
            raise self.wrong(sentence % {"word": word, "words": ", ".join(STATEMENTS)})
        if word == "for":
            self.loop(rest)
        elif word == "endfor":
            del self.scopes[1:][-1:]
        elif word == "set":
            name, equals, value = rest.partition("=")
            if not equals:
                raise self.wrong(_("Write “set name = value”."))
            self.expression(value)
            self.scopes[-1][name.strip()] = self.resolve(value)
        else:
            self.expression(rest)

    def loop(self, rest: str) -> None:
        found = re.match(r"(.+?)\s+in\s+(.+)$", rest)
        if found is None:
            raise self.wrong(_("Write “for line in document.lines”."))
        names = [name.strip(" ()") for name in found.group(1).split(",")]
        source, _if, condition = found.group(2).partition(" if ")
        self.expression(source)
        value = self.resolve(source)
        element = value[0] if isinstance(value, list) and value else ANYTHING
        scope = {name: element if len(names) == 1 else ANYTHING for name in names}
        self.scopes.append({"loop": LOOP, **scope})
        self.expression(condition)

    def resolve(self, text: str) -> Any:
        """Return what a plain path stands for, ANYTHING for every other expression."""
        found = LIST.fullmatch(text.strip())
        if found is None or found.group("path").split(".")[0] in WORDS:
            return ANYTHING
        return self.value_of(found.group("path").split("."))

    def expression(self, text: str) -> None:
        """Check every name, filter, test and function of one expression."""
        self.tokens = [t for t in TOKEN.finditer(text) if t.lastgroup != "blank"]
        self.at, self.last = 0, ANYTHING
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.lastgroup == "name":
                self.last = self.name(token.group())
            else:
                self.compared(token.group())
                self.last = ANYTHING

    def compared(self, sign: str) -> None:
        """Refuse 1000 < total: amounts are exact texts, the order of texts is another one."""
        following = self.tokens[self.at] if self.at < len(self.tokens) else None
        with_number = following is not None and following.lastgroup == "number"
        if isinstance(self.last, str) and (sign in ORDER or (sign == "==" and with_number)):
            raise self.wrong(
                _("Compare amounts with “is above(…)”, “is below(…)” or “is equal(…)”.")
            )

    def name(self, name: str) -> Any:
        before = self.word(self.at - 2)
        if before == "|":
            self.known(name, self.filters, _("There is no filter “%(name)s”."))
        elif before == "is" or (before == "not" and self.word(self.at - 3) == "is"):
            if name != "not":
                self.known(name, TESTS, _("There is no test “%(name)s”."))
        elif self.word(self.at) == "(" and name not in WORDS:
            if before == ".":
                raise self.wrong(_("“%(name)s()”: nothing can be called here.") % {"name": name})
            self.known(name, FUNCTIONS, _("There is no function “%(name)s”."))
        elif name not in WORDS and before != "." and self.word(self.at) != "=":
            return self.path(name)
        return ANYTHING

    def word(self, at: int) -> str:
        return self.tokens[at].group() if 0 <= at < len(self.tokens) else ""

    def known(self, name: str, names: frozenset[str], sentence: str) -> None:
        if name not in names:
            close = get_close_matches(name, names, n=1, cutoff=0.6)
            raise self.wrong(sentence % {"name": name}, close[0] if close else "")

    def path(self, root: str) -> Any:
        """Read a whole path and return what it stands for."""
        parts = [root]
        while (part := self.part()) is not None:
            parts.append(part)
        if self.word(self.at) == "(" and len(parts) > 1:
            raise self.wrong(_("“%(name)s()”: nothing can be called here.") % {"name": parts[-1]})
        return self.value_of(parts)

    def value_of(self, parts: list[str]) -> Any:
        value = self.lookup(parts)
        for count, part in enumerate(parts[1:], start=2):
            value = self.member(value, part, ".".join(parts[:count]), ".".join(parts))
        return value

    def part(self) -> str | None:
        """Read `.name`, `["name"]` or `[…]` behind a path."""
        if self.word(self.at) == "." and self.at + 1 < len(self.tokens):
            self.at += 2
            return self.word(self.at - 1)
        if self.word(self.at) == "[" and self.word(self.at + 2) == "]":
            token = self.tokens[self.at + 1]
            if token.lastgroup in ("text", "number"):
                self.at += 3
                return token.group().strip("\"'")
        return None

    def lookup(self, parts: list[str]) -> Any:
        for scope in reversed(self.scopes):
            if parts[0] in scope:
                return scope[parts[0]]
        raise self.missing(parts[0], ".".join(parts))

    def member(self, value: Any, part: str, path: str, whole: str) -> Any:
        if value is ANYTHING:
            return ANYTHING
        if isinstance(value, list):
            if part.isdigit():
                return value[0] if value else ANYTHING
            owner = path.rpartition(".")[0]
            sentence = _("“%(path)s” is a list: go through it with “for line in %(path)s”.")
            raise self.wrong(sentence % {"path": owner})
        if isinstance(value, Mapping) and part in value:
            return value[part]
        if isinstance(value, Mapping) and not value:
            return ANYTHING
        raise self.missing(path, whole)

    def missing(self, path: str, whole: str) -> WrongName:
        return self.wrong(_("There is no “%(name)s”.") % {"name": path}, self.closest(whole))

    def closest(self, path: str) -> str:
        """Return the known name that was probably meant: alike in its end, or as a whole."""
        paths = [path for scope in reversed(self.scopes) for path in _paths(scope)]
        head, _dot, end = path.rpartition(".")
        # what both begin with makes no likeness: “document.vencimiento” is no “document.edition”
        paths = [known for known in paths if not head or _is_like(known, head, end)]
        same_end = [known for known in paths if known.rpartition(".")[2] == end]
        deeper = [known for known in same_end if known.endswith(f".{path}")]
        deeper = [known for known in deeper if known.startswith("document.")] or deeper
        same_depth = [known for known in paths if known.count(".") == path.count(".")]
        for alike, cutoff in ((deeper, 0.0), (same_end, 0.6), (same_depth, ALIKE), (paths, ALIKE)):
            if close := get_close_matches(path, alike, n=1, cutoff=cutoff):
                return close[0]
        return ""

    def wrong(self, sentence: str, suggestion: str = "") -> WrongName:
        return WrongName(sentence, self.line, suggestion)


def _is_like(known: str, head: str, end: str) -> bool:
    """Tell whether a name in the same place is alike by itself."""
    place, _dot, name = known.rpartition(".")
    return place != head or SequenceMatcher(None, name, end).ratio() >= ALIKE_ALONE


def _paths(scope: Values, head: str = "") -> Iterator[str]:
    for name, value in scope.items():
        if name == "loop" and not head:
            continue
        yield f"{head}{name}"
        if isinstance(value, Mapping):
            yield from _paths(value, f"{head}{name}.")


def check_names(source: str, *, known: Values, filters: frozenset[str]) -> None:
    """Check every tag of a template.

    Args:
        source: what the author wrote.
        known: a tree of names: mappings, lists (their first element stands for all), values.
        filters: the filters there are.

    Raises:
        WrongName: the first wrong one, with its line and a suggestion.
    """
    reader = NameReader(filters=filters, scopes=[dict(known)])
    for tag in tags(source):
        reader.line = source.count("\n", 0, tag.start) + 1
        text = " ".join(source[tag.start + 2 : tag.end - 2].strip("-+ \n\t").split())
        if tag.is_statement:
            reader.statement(text)
        else:
            reader.expression(text)
