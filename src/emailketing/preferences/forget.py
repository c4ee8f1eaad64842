"""Forget a person who was entered by hand, and with it the links that were his alone."""

from datetime import datetime

from django.db import transaction

from emailketing.accounts.who import Who
from emailketing.contacts.models import Address, Contact
from emailketing.contacts.save import delete_contact
from emailketing.links.signed import erase_links


@transaction.atomic
def forget_person(contact: Contact, *, by: Who | str, now: datetime) -> None:
    """Delete a contact; links to an address that nobody else here has open nothing any more.

    What he has said no to stays noted against his addresses.

    Raises:
        ContactInvalid: a source would only bring it back.
    """
    addresses = [row.value for row in contact.addresses.all()]
    delete_contact(contact, by=by, now=now)
    for address in addresses:
        if not Address.objects.filter(value__iexact=address).exists():
            erase_links(address)
