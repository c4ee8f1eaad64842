"""What a search finds a message by: whom it is for, what it says, which document it is about."""

from collections.abc import Iterable, Iterator

from emailketing.contacts.phone import as_dialled
from emailketing.outbox.models import Message


def words_of_messages(numbers: Iterable[int]) -> Iterator[tuple[int, list[str]]]:
    columns = ("pk", "subject", "name", "address", "dispatch__document_label")
    for number, *words in Message.objects.filter(pk__in=numbers).values_list(*columns):
        yield number, [*words, as_dialled(words[2])]
