"""The text part of a mail whose author wrote MJML: what a reader of the HTML would see."""

import re
from html.parser import HTMLParser

SILENT = frozenset({"style", "script", "head", "title"})
BREAKS = frozenset({"p", "div", "tr", "br", "li", "h1", "h2", "h3", "table"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        if tag in BREAKS:
            self.parts.append("\n")
        if tag == "td":
            self.parts.append(" ")
        if tag == "li":
            self.parts.append("- ")
        if tag == "a":
            self.link = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(self.silent - 1, 0)
        if tag == "a" and self.link.startswith(("http", "{{")):
            self.parts.append(f" ({self.link})")
            self.link = ""

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def text_of_html(page: str) -> str:
    """Return the words of a page, one paragraph per line, the template's tags kept."""
    reader = _Reader()
    reader.feed(page)
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(reader.parts))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]{2,}", " ", text)).strip()
