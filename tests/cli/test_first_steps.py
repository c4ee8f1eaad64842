"""What is left until messages reach people, at the command line."""

import pytest
from typer.testing import CliRunner

from emailketing.cli.app import app
from emailketing.company.models import Company
from tests.web import cast

pytestmark = pytest.mark.django_db


def test_what_is_left_is_listed_with_its_page_until_live() -> None:
    cast.company()
    Company.objects.update(base_url="http://servidor:8000/", setup_at=None)
    left = CliRunner().invoke(app, ["first-steps"])
    assert left.exit_code == 1
    assert "Sistema de la empresa" in left.output
    assert "http://servidor:8000/setup/source/" in left.output
    assert "✓" not in left.output
    Company.objects.update(setup_at="2026-11-24T12:00:00Z")
    assert "✓" in CliRunner().invoke(app, ["first-steps"]).output
    Company.objects.update(is_live=True)
    live = CliRunner().invoke(app, ["first-steps"])
    assert (live.exit_code, "setup" in live.output) == (0, False)
