"""Recipients as they are typed: a duty that is chosen, addresses and numbers that are written."""

import re
from collections.abc import Iterable, Iterator, Mapping

from django.db.models import Q

from emailketing.audience.people import address_now
from emailketing.common.plain import JSON, Entry
from emailketing.contacts.models import Address, Contact, Role
from emailketing.web.console.reports.steps import Choices

ROLE = "role:"
SHORTEST = 2  # letters
NAMED = re.compile(r"(?P<name>.*?)<(?P<value>[^<>]+)>\s*")


def role_choices(none: str) -> Choices:
    return [("", none), *((f"{ROLE}{role.pk}", role.name) for role in Role.objects.all())]


def read_role(chosen: str) -> Entry | None:
    number = chosen.removeprefix(ROLE)
    is_role = chosen.startswith(ROLE) and number.isdecimal() and len(number) < len("1000000000")
    return {"kind": "role", "role": int(number)} if is_role else None


def read_address(text: str, known: Mapping[str, Entry], language: str = "") -> Entry:
    """Read “Ana <ana@example.com>”; what was known of this address stays known.

    Who is named as a contact who has this address is followed: to another address of his, in
    his language. Where nobody said a language, it is that of the contact at this address.
    """
    found = NAMED.fullmatch(text)
    value = found["value"].strip() if found else text
    entry: Entry = {**known.get(value.lower(), {}), "kind": "address", "value": value}
    name = found["name"].strip(' "') if found else ""
    if name:
        entry["name"] = name
    if (contact := contact_called(name, value)) is not None:
        entry["contact"] = contact.pk
        entry.pop("language", None)
        return entry | ({"language": language} if language else {})
    spoken = language or str(entry.get("language") or "") or _language_of(value)
    return entry | ({"language": spoken} if spoken else {})


def contact_called(name: str, value: str) -> Contact | None:
    """Return the one contact of this name who has this address, as `suggested` writes both."""
    rows = Address.objects.filter(value__iexact=value, contact__name__iexact=name)
    found = list(Contact.objects.filter(pk__in=rows.values("contact"))[:2]) if name else []
    return found[0] if len(found) == 1 else None


def _language_of(value: str) -> str:
    address = Address.objects.filter(value__iexact=value).select_related("contact").first()
    return address.contact.language if address else ""


def read_several(text: str, known: Mapping[str, Entry]) -> Iterator[Entry]:
    """Read several of them with a semicolon between."""
    for one in text.replace("\n", ";").split(";"):
        if one.strip():
            yield read_address(one.strip(), known)


def written(wanted: Mapping[str, JSON]) -> str:
    """Return an address as it is typed."""
    value, name = address_now(wanted), str(wanted.get("name") or "")
    return f"{name} <{value}>" if name and value else value


def chosen_role(wanted: Mapping[str, JSON]) -> str:
    return f"{ROLE}{wanted.get('role')}" if wanted.get("kind") == "role" else ""


def by_address(lines: Iterable[JSON]) -> dict[str, Entry]:
    """Return address → what is known of it."""
    return {
        address_now(one).lower(): dict(one)
        for one in lines
        if isinstance(one, Mapping) and one.get("kind") == "address"
    }


def suggested(typed: str, most: int = 12) -> list[str]:
    """Return the addresses of contacts that fit what was typed, with their names."""
    if len(typed) < SHORTEST:
        return []
    fits = Q(contact__name__icontains=typed) | Q(value__istartswith=typed)
    rows = Address.objects.filter(fits, problem="").select_related("contact")
    return [f"{row.contact.name} <{row.value}>" for row in rows.order_by("contact__name")[:most]]
