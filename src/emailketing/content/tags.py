"""The template's own tags inside MJML and HTML: taken out before compiling, put back after.

Statements between rows of a table would be moved out of it by every HTML parser; as comments they
stay where the author put them. The title and the preview line hold text only: no comment stays.
"""

import html
import re

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
TEXT_ONLY = re.compile(r"<mj-(title|preview)\b[^>]*>((?!</mj-\1).)*$", re.DOTALL)
PLACE = re.compile(r"<!--emktag(\d+)x-->|emktag(\d+)x")


class CompileFailed(Exception):
    """The text cannot be turned into a mail; the message says where."""

    def __init__(self, sentence: str, line: int = 1) -> None:
        super().__init__(sentence)
        self.line = line


class Masked:
    """A source whose tags are replaced by placeholders that survive every compiler."""

    def __init__(self, source: str) -> None:
        self.tags: list[str] = []
        self.text = TAG.sub(self._keep, COMMENT.sub(_only_lines, source))

    def _keep(self, tag: re.Match[str]) -> str:
        text = tag.group()
        if text.startswith("{#"):
            return _only_lines(tag)
        # the visual builder writes < and > inside a tag as entities
        self.tags.append(html.unescape(text))
        place = f"emktag{len(self.tags) - 1}x"
        before = tag.string[: tag.start()]
        in_attribute = before.rfind("<") > before.rfind(">")
        if in_attribute:
            return place
        is_comment = text.startswith("{%") and not TEXT_ONLY.search(before)
        return (f"<!--{place}-->" if is_comment else place) + "\n" * text.count("\n")

    def restore(self, output: str) -> str:
        return PLACE.sub(lambda found: self.tags[int(found.group(1) or found.group(2))], output)


def unescaped(source: str) -> str:
    """Return the source with the tags as the engine reads them."""
    return TAG.sub(lambda tag: html.unescape(tag.group()), source)


def _only_lines(found: re.Match[str]) -> str:
    return "\n" * found.group().count("\n")
