"""Lists ask the database as often for fifty rows as for one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from emailketing.accounts.models import User
from emailketing.accounts.users import make_user
from emailketing.content.models import Revision, Template
from emailketing.triggers.notifications.models import Rule
from tests.outbox.cast import NOON

MORE = 3


def more_templates() -> None:
    rule, old = Rule.objects.get(), Template.objects.filter(revisions__isnull=False)[0]
    for number in range(MORE):
        template = Template.objects.create(
            slug=f"more-{number}", name=f"More {number}", document_type=f"kind{number}"
        )
        for revision in Revision.objects.filter(template=old):
            revision.pk, revision.template, revision._state.adding = None, template, True
            revision.save()
        rule.pk, rule.name, rule.template, rule._state.adding = None, f"R{number}", template, True
        rule.save()


def more_users() -> None:
    for number in range(MORE):
        made = User(username=f"more{number}")
        make_user(made, role="operator", password=None, by="ana", now=NOON)


@pytest.mark.parametrize(
    ("path", "grow"), [("/templates/", more_templates), ("/accounts/user/", more_users)]
)
def test_more_rows_are_no_more_questions(
    path: str,
    grow: Callable[[], None],
    story: dict[str, Any],
    signed_in: Callable[[str], Client],
) -> None:
    client = signed_in("administrator")

    def asked() -> int:
        client.get(path)  # what is cached is cached now
        with CaptureQueriesContext(connection) as queries:
            page = client.get(path).content.decode().lower()
        assert page.count("more") >= seen
        return len(queries)

    seen = 0
    before = asked()
    grow()
    seen = MORE
    assert asked() <= before
