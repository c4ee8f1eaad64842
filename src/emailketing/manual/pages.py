"""The pages that explain, in the order of the menu; whoever wants all of them asks here.

A page is a file `pages/<language>/<topic>.md` that begins with its title. Spanish is there for
every topic; where another language is missing, the Spanish page is shown and says so.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("pages")
FIRST_LANGUAGE = "es"
GLOSSARY = "glossary"
TOPICS = (
    "first-steps",
    "dashboard",
    "search",
    "documents",
    "why-not",
    "rules",
    "trying-a-rule",
    "processes",
    "reports",
    "events",
    "audit",
    "security-and-audit",
    "messages",
    "test-inbox",
    "contacts",
    "without-an-address",
    "duties",
    "do-not-write",
    "templates",
    "brand",
    "sources",
    "safe-mode",
    "senders",
    "sms",
    "whatsapp",
    "users",
    "changes-made-here",
    "company",
    "listings",
    "schedules",
    "special-dates",
    "free-days",
    "configuration",
    "alerts",
    "account",
    GLOSSARY,
)


class NoSuchTopic(Exception):
    """There is no page of this name."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one language.

    Attributes:
        language: the one it is written in, which may not be the one asked for.
        text: everything below the title, in the few marks of `manual.markup`.
    """

    topic: str
    language: str
    title: str
    text: str


@cache
def page(topic: str, language: str) -> Page:
    """Return the page of a topic, in Spanish where this language has none.

    Raises:
        NoSuchTopic: there is none.
    """
    if topic not in TOPICS:
        raise NoSuchTopic(topic)
    written = language if is_written(topic, language) else FIRST_LANGUAGE
    title, _blank, text = _file(topic, written).read_text(encoding="utf-8").partition("\n")
    return Page(topic, written, title.removeprefix("# ").strip(), text.strip())


def pages(language: str) -> list[Page]:
    """Every page, for lists and for whoever searches them."""
    return [page(topic, language) for topic in TOPICS]


def is_written(topic: str, language: str) -> bool:
    return _file(topic, language).is_file()


def _file(topic: str, language: str) -> Path:
    return FOLDER / language / f"{topic}.md"
