"""Mail merge: a text written out once for all, with a mark wherever a recipient's field stands.

Only where the recipient is nothing but printed, so that no condition, loop or filter sees it; and
only with values that neither the engine nor what follows it would write differently.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from emailketing.common.plain import Entry, Values
from emailketing.content.bounds import TooMuch, tags
from emailketing.content.links import links_in
from emailketing.content.render import HasTexts, Rendered, RenderFailed, render

RECIPIENT = "recipient"
# nobody's data can hold the mark: it is made anew by each process
_OPEN, _CLOSE = f"\ue000{secrets.token_hex(8)}:", "\ue001"
_MARK = re.compile(f"{_OPEN}(\\w+){_CLOSE}")
# with the value before it the rest could become the name of a link: `{{ recipient.x }}ef="…"`
_LINK_BEGUN = re.compile(f"{_CLOSE}\\w*\\s*=")
# letters, and blanks one at a time between them: nothing to escape in HTML, nothing to tidy up
_VALUE = re.compile(r"\w(?:[\w.,;:()@+-]| (?=\S))*")
LONGEST = 200  # characters of a value


@dataclass(frozen=True, slots=True)
class MergeText:
    """Pieces that are the same for all; after each but the last stands a recipient's field."""

    pieces: tuple[str, ...]
    fields: tuple[str, ...]

    def values(self, given: Mapping[str, str]) -> list[str]:
        """Return what comes between the pieces."""
        return [given[field] for field in self.fields]

    def filled(self, given: Mapping[str, str]) -> str:
        values = [*self.values(given), ""]
        return "".join(text for pair in zip(self.pieces, values, strict=True) for text in pair)


@dataclass(frozen=True, slots=True)
class MergeLetter:
    """A letter's three texts."""

    subject: MergeText
    html: MergeText
    text: MergeText

    def values(self, recipient: Values) -> dict[str, str] | None:
        """Return what stands at the marks for this one; None: it has to be written out wholly."""
        found = {}
        for field in {*self.subject.fields, *self.html.fields, *self.text.fields}:
            value = recipient.get(field)
            if not isinstance(value, str) or len(value) > LONGEST or not _VALUE.fullmatch(value):
                return None
            found[field] = value
        return found


@dataclass(frozen=True, slots=True)
class LetterFoot:
    """What is put below a finished letter; `name` tells one foot from another."""

    name: str
    put: Callable[[Rendered], Rendered]


def mark_of(field: str) -> str:
    """Return what stands in a letter where this field of its reader comes."""
    return f"{_OPEN}{field}{_CLOSE}"


def merge_letter(
    revision: HasTexts, data: Values, *, language: str, foot: LetterFoot | None = None
) -> MergeLetter | None:
    """Write a mail out with marks; None where the recipient is more than printed."""
    fields = _printed(revision)
    if fields is None:
        return None
    marks: Entry = {field: mark_of(field) for field in fields}
    try:
        words = render(revision, {**data, RECIPIENT: marks}, language=language)
    except RenderFailed:
        return None  # that is told of each message by itself
    if words.cards or _may_lead_elsewhere(words):
        return None
    return _parted(foot.put(words) if foot else words)


def _printed(revision: HasTexts) -> set[str] | None:
    """Return the recipient's fields that the texts print; None: they ask more of it."""
    fields = set()
    try:
        for source in (revision.subject, revision.html, revision.text):
            for tag in tags(source):
                words = tag.texts()
                if RECIPIENT not in words:
                    continue
                if len(words) != 3 or words[:2] != [RECIPIENT, "."]:  # noqa: PLR2004
                    return None
                fields.add(words[2])
    except TooMuch:
        return None
    return fields


def _may_lead_elsewhere(words: Rendered) -> bool:
    """Whether a link of the page depends on the recipient: each page is looked at then (S16)."""
    links = links_in(words.html.encode(errors="surrogatepass"))
    inside = any(_OPEN.encode() in link[0] for link in links)
    return inside or _LINK_BEGUN.search(words.html) is not None


def _parted(words: Rendered) -> MergeLetter:
    texts = []
    for text in (words.subject, words.html, words.text):
        parts = _MARK.split(text)
        texts.append(MergeText(tuple(parts[::2]), tuple(parts[1::2])))
    return MergeLetter(*texts)
