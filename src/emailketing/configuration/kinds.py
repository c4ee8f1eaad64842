"""Every kind of thing in the file, in the order in which they need one another."""

from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.configuration import house, people, rules, texts
from emailketing.configuration.kind import Entry, Kind
from emailketing.configuration.toml import write_file
from emailketing.contacts.models import Contact, Role
from emailketing.content.models import Brand, Template
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule

KINDS = (
    Kind(
        "company",
        (),
        house.COMPANY,
        house.read_company,
        house.save_company,
        Company,
        kept=frozenset({"base_url"}),
    ),
    Kind("brand", ("name",), house.BRAND, house.read_brands, house.take_brand, Brand),
    Kind(
        "sender",
        ("name",),
        house.SENDER,
        house.read_senders,
        house.take_sender,
        Sender,
        kept=house.OF_THIS_PLACE,
    ),
    Kind(
        "source",
        ("slug",),
        house.SOURCE,
        house.read_sources,
        house.take_source,
        Source,
        kept=frozenset(house.SOURCE),
    ),
    Kind(
        "template",
        ("slug",),
        texts.TEMPLATE,
        texts.read_templates,
        texts.take_template,
        Template,
    ),
    Kind("role", ("name",), {}, people.read_roles, people.take_role, Role),
    Kind(
        "person",
        ("source", "name"),
        people.PERSON,
        people.read_people,
        people.take_person,
        Contact,
    ),
    Kind(
        "rule",
        ("source", "name"),
        rules.RULE,
        rules.read_rules,
        rules.take_rule,
        Rule,
        kept=frozenset({"is_active"}),
    ),
)


def current(kind: Kind) -> dict[str, Entry]:
    """Return what is here of this kind, by name; of several of one name the first."""
    found: dict[str, Entry] = {}
    for entry in kind.read():
        found.setdefault(kind.name_of(entry), entry)
    return found


def export_configuration() -> str:
    """Write everything down as one readable file, without any secret."""
    return write_file((kind, entry) for kind in KINDS for entry in current(kind).values())
