"""What a source says of a contact, and what it leaves to us."""

from datetime import UTC, datetime

from emailketing.contacts.models import Contact
from emailketing.sources.documents.contacts import PartyRead, save_contacts
from emailketing.sources.models import Source

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_the_language_chosen_here_stays_where_the_source_says_none(db: None) -> None:
    source = Source(slug="estacion")
    save_contacts(source, [PartyRead("P1", exists=True, name="Lubricantes")], now=NOW)
    assert Contact.objects.get().language == "es"
    Contact.objects.update(language="pt")
    save_contacts(source, [PartyRead("P1", exists=True, name="Lubricantes S.A.")], now=NOW)
    assert Contact.objects.get().language == "pt"
    said = PartyRead("P1", exists=True, name="Lubricantes S.A.", language="en")
    save_contacts(source, [said], now=NOW)
    assert Contact.objects.get().language == "en"
