"""What a template may be, looked at before the engine reads it (S9).

The engine goes down on the native stack for everything that is nested, and its fuel counts neither
that nor a list that is joined to itself: both end the whole process, which no error can report.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MOST_SIGNS = 2_000_000  # of a whole source, compiled
MOST_TAGS = 10_000
MOST_WORDS = 400  # in one tag; ours need 41. Whatever is nested in a tag is not deeper
DEEPEST = 20  # if and for within one another, and brackets; ours need 6
MOST_BRANCHES = 100  # `elif` is nested for the engine
MOST_GROWTH = 50  # how often a value may stand in one that was put together from it
STATEMENTS = ("if", "elif", "else", "endif", "for", "endfor", "set")
OPENING, CLOSING = "([{", ")]}"
STARTS = re.compile(r"\{\{|\{%|\{#")
WORD = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<number>\d[\w.]*)|(?P<name>[^\W\d]\w*)"""
    r"""|(?P<sign>\*\*|[^\s\w])""",
    re.DOTALL,
)


class TooMuch(Exception):
    """A template asks for more than the engine survives; with the line."""

    def __init__(self, sentence: str, line: int) -> None:
        super().__init__(sentence)
        self.line = line


@dataclass(slots=True)
class TemplateTag:
    """One tag as the engine reads it: a `}}` within quotes does not end it."""

    start: int
    end: int
    is_statement: bool
    words: list[re.Match[str]]

    def texts(self) -> list[str]:
        return [word.group() for word in self.words]


@dataclass
class _Looker:
    source: str
    open: list[str] = field(default_factory=list)  # if and for that are not closed yet
    branches: list[int] = field(default_factory=list)
    grown: dict[str, int] = field(default_factory=dict)  # name → how often it holds something

    def look(self) -> None:
        if len(self.source) > MOST_SIGNS:
            raise TooMuch(_("The text is too long."), 1)
        for count, tag in enumerate(tags(self.source), start=1):
            if count > MOST_TAGS:
                raise self.wrong(tag, _("There are more than %(most)s tags.") % {"most": MOST_TAGS})
            words = tag.texts()
            self.deep_brackets(tag, words)
            if tag.is_statement:
                self.statement(tag, words)
            else:
                self.growth(tag, words)

    def deep_brackets(self, tag: TemplateTag, words: list[str]) -> None:
        depth = 0
        for word in words:
            depth += (word in OPENING) - (word in CLOSING)
            if depth > DEEPEST:
                raise self.too_deep(tag)

    def statement(self, tag: TemplateTag, words: list[str]) -> None:
        name = words[0] if words else ""
        if name not in STATEMENTS:
            sentence = _("“%(word)s” cannot be used here. There are: %(words)s.")
            known = {"word": name, "words": ", ".join(STATEMENTS)}
            raise self.wrong(tag, sentence % known)
        if name in ("if", "for"):
            self.open.append(name)
            self.branches.append(0)
            if len(self.open) > DEEPEST:
                raise self.too_deep(tag)
        elif name in ("endif", "endfor"):
            del self.open[-1:], self.branches[-1:]
        elif name == "elif" and self.branches:
            self.branches[-1] += 1
            if self.branches[-1] > MOST_BRANCHES:
                raise self.too_deep(tag)
        self.assigned(tag, words)

    def assigned(self, tag: TemplateTag, words: list[str]) -> None:
        """Remember of how many values the one that gets a name is put together."""
        parting = {"set": "=", "for": "in"}.get(words[0])
        if parting is None or parting not in words:
            self.growth(tag, words)
            return
        at = words.index(parting)
        size = self.growth(tag, words[at + 1 :])
        for name in words[1:at]:
            self.grown[name] = max(size, self.grown.get(name, 1))

    def growth(self, tag: TemplateTag, words: list[str]) -> int:
        size = sum(self.grown.get(word, 0) for word in words)
        for at, word in enumerate(words):
            if word == "**":
                raise self.wrong(tag, _("Powers cannot be calculated here."))
            if word == "*":
                size = max(size, 1) * self.factor(tag, words[max(at - 1, 0) : at + 2])
        if size > MOST_GROWTH:
            sentence = _("A value becomes too big here: it is repeated too often.")
            raise self.wrong(tag, sentence)
        return max(size, 1)

    def factor(self, tag: TemplateTag, around: list[str]) -> int:
        """Return by what number something is multiplied: a text would be repeated as often."""
        numbers = [int(word) for word in around if word.isascii() and word.isdigit()]
        if not numbers:
            raise self.wrong(tag, _("Only a whole number written here can multiply."))
        return max(numbers)

    def too_deep(self, tag: TemplateTag) -> TooMuch:
        return self.wrong(tag, _("Too much is nested in one another here."))

    def wrong(self, tag: TemplateTag, sentence: str) -> TooMuch:
        return TooMuch(sentence, self.source.count("\n", 0, tag.start) + 1)


def check_bounds(source: str) -> None:
    """Refuse what the engine would not survive.

    Raises:
        TooMuch: one sentence, with the line.
    """
    _Looker(source).look()


def tags(source: str) -> Iterator[TemplateTag]:
    """Walk through the tags as the engine does; comments and text are skipped."""
    at = 0
    while found := STARTS.search(source, at):
        if found.group() == "{#":
            end = source.find("#}", found.end())
            at = len(source) if end < 0 else end + 2
            continue
        words, at = _words(source, found)
        yield TemplateTag(found.start(), at, found.group() == "{%", words)


def _words(source: str, start: re.Match[str]) -> tuple[list[re.Match[str]], int]:
    """Read one tag up to its end, which stands outside of quotes and brackets."""
    end = re.compile(r"\s*[-+]?" + ("}}" if start.group() == "{{" else "%}"))
    at, words, depth = start.end(), list[re.Match[str]](), 0
    if source[at : at + 1] in ("-", "+"):
        at += 1
    while True:
        if depth <= 0 and (ended := end.match(source, at)):
            return words, ended.end()
        word = WORD.search(source, at)
        if word is None:
            return words, len(source)
        at = word.end()
        depth += (word.group() in OPENING) - (word.group() in CLOSING)
        words.append(word)
        if len(words) > MOST_WORDS:
            line = source.count("\n", 0, start.start()) + 1
            raise TooMuch(_("Too much stands in one tag."), line)
