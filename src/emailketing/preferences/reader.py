"""Whose link it is: an address of one kind, and the people here who have it."""

from dataclasses import dataclass

from emailketing.contacts.models import Address, Contact
from emailketing.links.models import SignedLink
from emailketing.links.out import OUT
from emailketing.outbox.policy import address_kind
from emailketing.triggers.reports.definition.readers import COPY

OWN = (OUT, COPY)  # purposes of links to what a reader wants


@dataclass(frozen=True, slots=True)
class LinkHolder:
    """Who acts: nothing that a visitor sends says whose wishes it is about, only the link does."""

    link: SignedLink

    @property
    def address(self) -> str:
        return self.link.address

    @property
    def kind(self) -> str:
        return address_kind(self.link.channel)

    def contacts(self) -> list[Contact]:
        """Return the people with this address; nobody where a report names only the address."""
        rows = Address.objects.filter(kind=self.kind)
        own = rows.filter(value=self.address)
        if not own.exists():  # kept with its capitals: looked for only then, it takes longer
            own = rows.filter(value__iexact=self.address)
        found = Contact.objects.filter(pk__in=own.values("contact_id"))
        return list(found.prefetch_related("addresses").order_by("pk"))

    def links(self) -> list[SignedLink]:
        """Return all of his links of this sort: one for each thing he gets and can end."""
        found = SignedLink.objects.filter(
            purpose__in=OWN, channel=self.link.channel, address=self.address
        )
        return list(found.order_by("pk"))
