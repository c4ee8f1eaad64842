"""What MJML and HTML an author may use (S11): an allow-list, checked with the line.

Nothing that runs, nothing that loads from elsewhere, nothing that leaves the mail's own place.
"""

import re
from difflib import get_close_matches
from html.parser import HTMLParser
from typing import NoReturn

from django.utils.translation import gettext as _

from emailketing.content.tags import CompileFailed, Masked

MJML = (
    frozenset(
        {
            "mjml",
            "mj-head",
            "mj-title",
            "mj-preview",
            "mj-attributes",
            "mj-all",
            "mj-class",
            "mj-style",
        }
    )
    | {"mj-breakpoint", "mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-text"}
    | {"mj-image", "mj-button", "mj-divider", "mj-spacer", "mj-table", "mj-hero", "mj-raw"}
)
HTML = (
    frozenset(
        {
            "a",
            "abbr",
            "b",
            "blockquote",
            "br",
            "caption",
            "center",
            "code",
            "del",
            "div",
            "em",
            "font",
        }
    )
    | {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "s"}
    | {"small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th"}
    | {"thead", "tr", "u", "ul"}
)
VOID = frozenset({"br", "hr", "img"})
LINKS = frozenset({"href", "src", "background", "background-url", "action", "formaction", "srcset"})
PICTURES = frozenset({"src", "background", "background-url", "srcset"})
LINK = re.compile(r"^\s*(https?://|mailto:|tel:|#|emktag|$)", re.IGNORECASE)
PICTURE = re.compile(r"^\s*(cid:|$)", re.IGNORECASE)
STYLE = re.compile(
    r"@import|expression\s*\(|url\s*\(|position\s*:|behavior\s*:|javascript:", re.IGNORECASE
)


class _Checker(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, int]] = []

    def refuse(self, sentence: str, line: int = 0) -> NoReturn:
        raise CompileFailed(sentence, line or self.getpos()[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tag(tag, attrs)
        if tag not in VOID:
            self.open.append((tag, self.getpos()[0]))
        if tag == "mj-style":
            self.set_cdata_mode(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open:
            self.refuse(_("“</%(tag)s>” closes nothing.") % {"tag": tag})
        name, line = self.open.pop()
        if name != tag:
            sentence = _("“<%(open)s>” of line %(line)s is not closed before “</%(tag)s>”.")
            self.refuse(sentence % {"open": name, "line": line, "tag": tag})

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "mj-style" and STYLE.search(data):
            self.refuse(_("The style may not load anything nor place itself over the mail."))

    def handle_pi(self, data: str) -> None:
        self.refuse(_("“%(tag)s” may not stand in a mail.") % {"tag": f"<?{data[:20]}"})

    def unknown_decl(self, data: str) -> None:
        self.refuse(_("“%(tag)s” may not stand in a mail.") % {"tag": f"<![{data[:20]}"})

    def tag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in MJML | HTML:
            close = get_close_matches(tag, MJML | HTML, n=1, cutoff=0.75)
            hint = _("Did you mean “%(name)s”?") % {"name": f"<{close[0]}>"} if close else ""
            sentence = _("“%(tag)s” may not stand in a mail.") % {"tag": f"<{tag}>"}
            self.refuse(f"{sentence} {hint}".strip())
        for name, value in attrs:
            self.attribute(tag, name, value or "")

    def attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            sentence = _("“%(name)s” would run something; a mail cannot.")
            self.refuse(sentence % {"name": name})
        if name == "style" and STYLE.search(value):
            self.refuse(_("The style may not load anything nor place itself over the mail."))
        if name in PICTURES and not PICTURE.match(value):
            sentence = _(
                "“%(tag)s” shows a picture from another server: mail programs block it, and its"
                " owner learns who reads. Use the logo, src=“cid:logo”."
            )
            self.refuse(sentence % {"tag": f"<{tag}>"})
        if name in LINKS - PICTURES and not LINK.match(value):
            sentence = _("A link begins with https://, mailto: or tel:, not with “%(value)s”.")
            self.refuse(sentence % {"value": value[:30]})


def check_markup(mjml: str) -> None:
    """Check MJML against what a mail may hold.

    Raises:
        CompileFailed: one sentence and the line.
    """
    checker = _Checker()
    checker.feed(Masked(mjml).text)
    checker.close()
    if checker.open:
        name, line = checker.open[-1]
        checker.refuse(_("“<%(tag)s>” is not closed.") % {"tag": name}, line)
    if not re.search(r"<mjml\b.*<mj-body\b", mjml, re.DOTALL):
        checker.refuse(_("MJML is “<mjml>” with a “<mj-body>” in it."), 1)
