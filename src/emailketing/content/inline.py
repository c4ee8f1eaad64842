"""A line of what an author types: **bold** and [label](https://…), everything else as it is."""

import html
import re

from emailketing.content.tags import TAG

BOLD = re.compile(r"\*\*(.+?)\*\*")
LINK = re.compile(
    r"\[([^\[\]]+)\]\(((?:https?://|mailto:|tel:|\{\{)[^()\s]*(?:\s*\w[^()]*\}\})?)\)"
)


def escaped(text: str) -> str:
    """Escape everything but the template's own tags (S11)."""
    parts, last = [], 0
    for tag in TAG.finditer(text):
        parts += [html.escape(text[last : tag.start()], quote=False), tag.group()]
        last = tag.end()
    parts.append(html.escape(text[last:], quote=False))
    return "".join(parts)


def inline(text: str) -> str:
    """Return the text as HTML, with its bold and its links."""
    return BOLD.sub(r"<b>\1</b>", LINK.sub(_anchor, escaped(text)))


def _anchor(found: re.Match[str]) -> str:
    address = found.group(2).replace('"', "%22") if "{{" not in found.group(2) else found.group(2)
    return f'<a href="{address}">{found.group(1)}</a>'


def plain_inline(text: str) -> str:
    """Return the text without marks; the engine swallows the line end behind a statement."""
    return BOLD.sub(r"\1", LINK.sub(r"\1 (\2)", text)).replace("%}\n", "%}\n\n")
