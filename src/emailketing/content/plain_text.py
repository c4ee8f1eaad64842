"""The text part of a mail whose author wrote MJML: what a reader of the HTML would see."""

import re
from html.parser import HTMLParser

SILENT = frozenset({"style", "script", "head", "title"})
BREAKS = frozenset({"p", "div", "tr", "br", "li", "h1", "h2", "h3", "h4", "table", "hr"})
LINKS = ("http", "mailto:", "tel:", "emktag")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.link = ""
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in SILENT:
            self.silent += 1
        if tag in BREAKS:
            self.parts.append("\n")
        if tag in ("td", "th"):
            self.parts.append(" ")
        if tag == "li":
            self.parts.append("- ")
        if tag == "img" and not self.silent:
            self.parts.append(values.get("alt") or "")
        if tag == "a":
            self.link, self.words = values.get("href") or "", []

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(self.silent - 1, 0)
        if tag in ("p", "h1", "h2", "h3", "h4"):
            self.parts.append("\n")
        if tag == "a" and self.link.startswith(LINKS):
            shown = "".join(self.words).strip()
            if shown not in self.link:
                self.parts.append(f" ({self.link})")
            self.link = ""

    def handle_comment(self, data: str) -> None:
        if data.startswith("emktag"):  # a statement of the template, see tags.py
            self.parts.append(f"\n<!--{data}-->\n")

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        words = re.sub(r"\s+", " ", data)
        self.parts.append(words)
        if self.link:
            self.words.append(words)


def text_of_html(page: str) -> str:
    """Return the words of a page, a line for each row, the places of the template's tags kept."""
    reader = _Reader()
    reader.feed(page)
    text = re.sub(r"[ \t\xa0]*\n[ \t\xa0]*", "\n", "".join(reader.parts))
    # a statement swallows the line end behind it: one is enough, before as well
    text = re.sub(r"\n*(<!--emktag\d+x-->)\n*", r"\n\1\n", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]{2,}", " ", text)).strip()
