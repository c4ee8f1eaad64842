"""What is changed and the note of who changed it are one: the note that fails takes it back."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.users import (
    change_user,
    choose_language,
    make_user,
    role_of,
    set_password,
)
from emailketing.accounts.who import Who
from emailketing.channels.models import Sender
from emailketing.channels.senders import delete_sender, pause, resume, save_sender, save_waiting
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import suppress
from emailketing.content.brand import delete_brand, save_brand
from emailketing.content.models import Brand, Revision, Template
from emailketing.content.save import Texts, save_revision
from emailketing.content.save_template import delete_template, restore_revision, save_template
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.test_mail import send_test
from emailketing.outbox.stop_writing import stop_writing, write_again

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
SECRET = "una-clave-larga"  # noqa: S105 - of a test
ANA = "ana@cliente.test"
Change = Callable[..., object]  # takes who does it as `by`
Seen = Callable[[], object]


def nobody() -> Who:
    """Somebody of whom no note can be kept: the account was never saved."""
    return Who("ana", User())


def keep(change: Change, record: Any) -> Any:
    return change(record, by="ana", now=NOW)


def a_sender(**values: Any) -> Sender:
    known = {"name": "ventas", "from_address": "ventas@estacion.test", "host": "mail.test"}
    return Sender(**(known | values))


def stopped() -> tuple[Change, Seen]:
    return partial(stop_writing, ANA, why="no quiere", now=NOW), Suppression.objects.count


def lifted() -> tuple[Change, Seen]:
    found = suppress(ANA, Suppression.Reason.BOUNCE, now=NOW)
    return partial(write_again, found, why="quiere", now=NOW), Suppression.objects.count


def sender_made() -> tuple[Change, Seen]:
    return partial(save_sender, a_sender(), now=NOW), Sender.objects.count


def default_taken() -> tuple[Change, Seen]:
    """Of the other sender, too, nothing may be changed then."""
    keep(save_sender, a_sender())
    change = partial(save_sender, a_sender(name="dos", is_default=True), now=NOW)
    return change, lambda: list(Sender.objects.values_list("name", "is_default"))


def sender_waiting() -> tuple[Change, Seen]:
    return partial(save_waiting, a_sender(), why="falta la clave", now=NOW), Sender.objects.count


def sender_paused() -> tuple[Change, Seen]:
    change = partial(pause, keep(save_sender, a_sender()), now=NOW)
    return change, lambda: Sender.objects.get().is_active


def sender_resumed() -> tuple[Change, Seen]:
    sender = keep(save_sender, a_sender(is_active=False))
    return partial(resume, sender, now=NOW), lambda: Sender.objects.get().is_active


def sender_deleted() -> tuple[Change, Seen]:
    return partial(delete_sender, keep(save_sender, a_sender()), now=NOW), Sender.objects.count


def sender_tested() -> tuple[Change, Seen]:
    sender = keep(save_sender, a_sender())
    return partial(send_test, sender, ANA, now=NOW), Message.objects.count


def written(subject: str = "Orden") -> Any:
    texts = Texts(subject, "", "Hola")
    return partial(save_revision, language="es", texts=texts, sample=None)


def template_made() -> tuple[Change, Seen]:
    return partial(save_template, Template(name="Aviso"), now=NOW), Template.objects.count


def template_changed() -> tuple[Change, Seen]:
    template = keep(save_template, Template(name="Aviso"))
    template.name = "Otro"
    return partial(save_template, template, now=NOW), lambda: Template.objects.get().name


def text_written() -> tuple[Change, Seen]:
    template = keep(save_template, Template(name="Aviso"))
    return partial(written(), template, now=NOW), Revision.objects.count


def text_restored() -> tuple[Change, Seen]:
    old = keep(written(), keep(save_template, Template(name="Aviso")))
    return partial(restore_revision, old, now=NOW), Revision.objects.count


def template_deleted() -> tuple[Change, Seen]:
    template = keep(save_template, Template(name="Aviso"))
    keep(written(), template)
    return partial(delete_template, template, now=NOW), Revision.objects.count


def brand_made() -> tuple[Change, Seen]:
    return partial(save_brand, Brand(name="Itá"), now=NOW), Brand.objects.count


def default_brand_taken() -> tuple[Change, Seen]:
    """Of the other brand, and of the templates that wear it, nothing may be changed then."""
    keep(save_brand, Brand(name="Itá"))
    keep(written(), keep(save_template, Template(name="Aviso")))
    other = Brand(name="Taller", is_default=True, primary_colour="#7a1f3d")
    return partial(save_brand, other, now=NOW), lambda: [
        *Brand.objects.values_list("name", "is_default"),
        Revision.objects.count(),
    ]


def brand_deleted() -> tuple[Change, Seen]:
    for name in ("Itá", "Taller"):
        keep(save_brand, Brand(name=name))
    found = Brand.objects.get(is_default=False)
    return partial(delete_brand, found, now=NOW), Brand.objects.count


def a_user() -> User:
    user = User(username="rosa")
    return make_user(user, role="operator", password=SECRET, by="ana", now=NOW)


def user_made() -> tuple[Change, Seen]:
    rosa = User(username="rosa")
    change = partial(make_user, rosa, role="operator", password=SECRET, now=NOW)
    return change, User.objects.count


def role_changed() -> tuple[Change, Seen]:
    change = partial(change_user, a_user(), role="administrator", now=NOW)
    return change, lambda: role_of(User.objects.get())


def password_set() -> tuple[Change, Seen]:
    change = partial(set_password, a_user(), f"{SECRET}-otra", now=NOW)
    return change, lambda: User.objects.get().check_password(SECRET)


def language_chosen() -> tuple[Change, Seen]:
    return partial(choose_language, a_user(), "pt", now=NOW), lambda: User.objects.get().language


USE_CASES = (
    *(stopped, lifted),
    *(user_made, role_changed, password_set, language_chosen),
    *(brand_made, default_brand_taken, brand_deleted),
    *(template_made, template_changed, text_written, text_restored, template_deleted),
    *(sender_made, default_taken, sender_waiting, sender_paused, sender_resumed),
    *(sender_deleted, sender_tested),
)


@pytest.mark.parametrize("use_case", USE_CASES)
def test_what_cannot_be_noted_is_not_done(use_case: Callable[[], tuple[Change, Seen]]) -> None:
    change, seen = use_case()
    before = seen()
    with pytest.raises(ValueError, match="unsaved"):
        change(by=nobody())
    assert seen() == before


@pytest.mark.parametrize("use_case", USE_CASES)
def test_what_is_done_is_noted_once_with_who_and_from_where(
    use_case: Callable[[], tuple[Change, Seen]],
) -> None:
    change, seen = use_case()
    before, noted = seen(), AuditEntry.objects.count()
    change(by=Who("ana", came_from="10.0.0.7"))
    assert seen() != before
    assert AuditEntry.objects.count() == noted + 1
    entry = AuditEntry.objects.latest("pk")
    assert (entry.username, entry.came_from, entry.at) == ("ana", "10.0.0.7", NOW)
