"""Every topic has a page a person can read, and every page leads where it says."""

import re
from pathlib import Path

import pytest

from emailketing.manual.markup import headings
from emailketing.manual.pages import FOLDER, GLOSSARY, TOPICS, NoSuchTopic, is_written, page, pages
from emailketing.manual.words import words
from tests.architecture.places import DOCS, LANGUAGES, named

LINK = re.compile(r"\]\(([^)\s]+)\)")
WRITTEN = sorted(FOLDER.rglob("*.md"))


def test_every_topic_has_a_spanish_page_and_every_page_is_listed() -> None:
    assert {path.stem for path in (FOLDER / "es").glob("*.md")} == set(TOPICS)
    assert {path.stem for path in WRITTEN} == set(TOPICS)


@pytest.mark.parametrize("path", WRITTEN, ids=named)
def test_a_page_begins_with_its_title_and_a_sentence(path: Path) -> None:
    title, blank, lead, *_rest = path.read_text().split("\n")
    assert title.startswith("# ")
    assert not blank
    assert re.match(r"\w|\*\*|«|“|¿", lead)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_names_a_topic_and_a_heading_of_it(language: str) -> None:
    dead = []
    for one in pages(language):
        for link in LINK.findall(one.text):
            topic, _hash, heading = link.partition("#")
            there = page(topic or one.topic, language) if topic in {"", *TOPICS} else None
            anchors = {anchor for anchor, _title in headings(there.text)} if there else set()
            if there is None or (heading and heading not in anchors):
                dead.append(f"{one.topic}: {link}")
    assert dead == []


def test_a_page_that_a_language_lacks_is_the_spanish_one_and_says_so() -> None:
    for one in pages("de"):
        assert (one.language, one.title) == ("es", page(one.topic, "es").title)


def test_a_topic_nobody_wrote_is_refused() -> None:
    for name in ("nowhere", "../es/rules", ""):
        with pytest.raises(NoSuchTopic):
            page(name, "es")


def test_the_words_are_those_of_the_glossary_of_the_documentation() -> None:
    """One word per thing, the same in code, documentation and on the screen."""
    glossary = (DOCS / "reference/glossary.md").read_text()
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|", glossary, re.MULTILINE)
    reference = {row for row in rows if row[0] not in {"word", "---"}}
    missing = []
    for column, language in ((1, "es"), (2, "pt")):
        text = page(GLOSSARY, language).text
        told = {
            form
            for cell in re.findall(r"^\| (.+?) \|", text, re.MULTILINE)
            for form in cell.strip("*").split(", ")
        }
        missing += [row[column] for row in reference if row[column] not in told]
    assert missing == []


def test_every_language_explains_the_same_words_where_they_stand() -> None:
    assert len(words("es")) == len(words("en")) == len(words("pt")) > 20
    capture = next(word for word in words("es") if "captura" in word.forms)
    assert "base de datos" in capture.meaning


def test_the_english_security_manual_is_the_one_of_the_documentation() -> None:
    documented = (DOCS / "howto/security-and-audit-manual.md").read_text()
    without_pictures = re.sub(r"^!\[.*\n\n", "", documented, flags=re.MULTILINE)
    without_links = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", without_pictures)
    assert (FOLDER / "en/security-and-audit.md").read_text() == without_links


@pytest.mark.parametrize("topic", TOPICS)
def test_every_page_is_written_in_every_language(topic: str) -> None:
    assert [language for language in LANGUAGES if not is_written(topic, language)] == []
