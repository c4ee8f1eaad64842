"""What a search finds a person or company by: name, tax number, every address."""

from collections.abc import Iterable, Iterator

from emailketing.contacts.models import Contact
from emailketing.contacts.phone import as_dialled


def words_of_contacts(numbers: Iterable[int]) -> Iterator[tuple[int, list[str]]]:
    found = Contact.objects.filter(pk__in=numbers).only("name", "tax_id")
    for contact in found.prefetch_related("addresses"):
        words = [contact.name, contact.tax_id]
        for row in contact.addresses.all():
            words += [row.value, as_dialled(row.value), row.person]
        yield contact.pk, words
