"""docs/reference/permissions.md says of each role what its group may really do."""

import re

import pytest

from emailketing.accounts.roles import ROLES, permissions_of
from tests.architecture.places import DOCS

# the rows of the page, and one model that stands for each
ROWS = {
    "rules": "rule",
    "listings": "listing",
    "rights": "listingright",
    "reports": "report",
    "templates": "template",
    "contacts": "contact",
    "messages": "message",
    "runs": "run",
    "free days": "freeday",
    "built-in inbox": "inboxmessage",
    "events": "event",
    "sources": "source",
    "senders": "sender",
    "company": "company",
    "users": "user",
}


def table() -> dict[str, list[str]]:
    page = (DOCS / "reference" / "permissions.md").read_text()
    rows = re.findall(
        r"^\| ([a-z-]+(?: inbox| days)?)[^|]*\| (\S+) \| (\S+) \| (\S+) \|$", page, re.MULTILINE
    )
    return {row[0]: list(row[1:]) for row in rows}


def test_the_page_has_every_row() -> None:
    assert set(table()) - {"what"} == set(ROWS)


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS)
def test_the_page_says_what_the_roles_may(row: str) -> None:
    said = dict(zip(ROLES, table()[row], strict=True))
    for role in ROLES:
        names = {permission.codename for permission in permissions_of(role)}
        may = "change" if f"change_{ROWS[row]}" in names else "look"
        if f"view_{ROWS[row]}" not in names:
            may = "–"
        if row != "events":  # nobody changes an event, whatever Django's permission says
            assert said[role] == may, f"{role}: {row}"
