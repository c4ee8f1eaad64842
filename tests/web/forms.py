"""A form of a page as a browser would send it."""

from html.parser import HTMLParser


class SentForm(HTMLParser):
    """Collects what the fields of one form hold; `values` is what would be sent."""

    def __init__(self, html: str, form_id: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.options: dict[str, list[str]] = {}
        self._id, self._is_inside = form_id, form_id == ""
        self._select = ""
        self._area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("id") == self._id:
            self._is_inside = True
        if not self._is_inside:
            return
        name = said.get("name", "")
        if tag == "select":
            self._select = name
            self.options[name] = []
        elif tag == "option" and self._select:
            self._option(said)
        elif tag == "textarea":
            self._area = name
            self.values[name] = ""
        elif tag == "input" and name:
            is_ticked = said.get("type") not in ("checkbox", "radio") or "checked" in said
            if is_ticked:
                self.values[name] = said.get("value", "")

    def _option(self, said: dict[str, str]) -> None:
        value = said.get("value", "")
        if not self.options[self._select] or "selected" in said:
            self.values[self._select] = value
        self.options[self._select].append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._id:
            self._is_inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data
