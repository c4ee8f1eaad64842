"""Who did it, so that a rule need not tell it to the one who knows."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db.models import Q

from emailketing.audience.people import Person


@dataclass(frozen=True, slots=True)
class Actor:
    """A name as the business system writes it, and the addresses our users of that name have."""

    name: str
    addresses: frozenset[str] = frozenset()

    @classmethod
    def named(cls, name: str) -> "Actor | None":
        """Return who is called so; None when the business system did not say (unknown)."""
        wanted = _plain(name)
        if not wanted:
            return None
        first, _space, last = wanted.partition(" ")
        users = get_user_model().objects.filter(
            Q(username__iexact=wanted)
            | Q(email__iexact=wanted)
            | Q(first_name__iexact=first, last_name__iexact=last)
        )
        addresses = {user.email.lower() for user in users if user.email}
        return cls(wanted, frozenset({*addresses, *({wanted} if "@" in wanted else ())}))

    def is_same(self, person: Person) -> bool:
        """Match by name, or by address: `cbenitez` is cbenitez@shop.example too."""
        if _plain(person.name) == self.name:
            return True
        for place in person.places:
            value = place.value.lower()
            if value in self.addresses or value.partition("@")[0] == self.name:
                return True
            if place.person and _plain(place.person) == self.name:
                return True
        return False


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
