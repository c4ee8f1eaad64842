"""The sample company's own database, attached as any other: what the configuring pages work on."""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from django.utils import translation

from emailketing.accounts.models import User
from emailketing.channels.models import Sender
from emailketing.content.brand import first_brand
from emailketing.content.models import Template
from emailketing.content.starters import make_starter_templates
from emailketing.demo.database import Database
from emailketing.demo.seed import seed
from emailketing.sources.attaching.add import add_source
from emailketing.sources.attaching.install import install
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.save import save_rule
from tests.web import cast


@cache
def _seeded() -> Path:
    """Three weeks of a past, once for all tests."""
    path = Path(tempfile.mkdtemp(prefix="station-")) / "station.sqlite3"
    database = Database(f"sqlite:///{path}")
    seed(database, today=date(2026, 11, 24), days=21)
    database.close()
    return path


def business_file(folder: Path) -> Path:
    """Return a database of the service station of this test's own."""
    return Path(shutil.copy(_seeded(), folder / "station.sqlite3"))


@dataclass
class Station:
    """The installation with everything a rule needs, and one rule."""

    file: Path
    source: Source
    sender: Sender
    template: Template
    users: dict[str, User]
    rule: Rule


def starters(now: datetime) -> Template:
    with translation.override("es"):
        brand = first_brand("Estación Ñandutí", by="test", now=now)
        make_starter_templates(brand, now=now)
    return Template.objects.get(slug="purchase-order")


def attach(file: Path, now: datetime) -> Source:
    source = Source(
        slug="estacion",
        name="Estación",
        connector="estacion",
        dialect="sqlite",
        database=str(file),
    )
    add_source(source, by="test", now=now)
    install(source, by="test", now=now)
    return source


def station(folder: Path, now: datetime) -> Station:
    cast.company()
    file = business_file(folder)
    source, sender, template = attach(file, now), cast.sender(), starters(now)
    rule = Rule(
        name="Orden al proveedor",
        source=source,
        process="purchase_order",
        recipients=[{"kind": "party", "usage": "pedidos"}],
        is_active=True,
    )
    rule.template = template
    save_rule(rule, by="test", now=now)
    return Station(file, source, sender, template, cast.users(), rule)
