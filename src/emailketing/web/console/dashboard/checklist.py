"""What is left to do before messages reach people: on the front page until they do."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.accounts.models import User
from emailketing.channels.models import Sender
from emailketing.channels.tried import tried_senders
from emailketing.company.models import Company
from emailketing.contacts.models import Role
from emailketing.triggers.notifications.models import Rule
from emailketing.web.console.first_run.views import PERMISSION, steps


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: its page, and how far it is."""

    title: str
    text: str
    url: str
    is_done: bool


def checklist(user: User) -> list[Item]:
    """Everything up to live mode, for who may do it; nothing once it is live."""
    return what_is_left() if user.has_perms(PERMISSION) else []


def what_is_left() -> list[Item]:
    """The same whoever asks."""
    if Company.get().is_live:
        return []
    return [*_first_steps(), *_people(), _tried(), _live()]


def _first_steps() -> list[Item]:
    """Those of the assistant, with why each is wanted."""
    why = {
        "setup_company": _("Name, logo and colours: how your customers know you."),
        "setup_source": _("The program where orders and payments are saved."),
        "setup_sender": _("The address your messages come from."),
        "setup_rule": _("What is told, and to whom."),
        "setup_test": _("See one arrive as it will look."),
    }
    return [Item(step.title, why[step.name], step.url, step.is_done) for step in steps()]


def _people() -> list[Item]:
    """Duties that an active rule writes to and nobody has: what it writes reaches nobody."""
    rules = Rule.objects.filter(is_active=True)
    asked = [wanted for rule in rules for wanted in (*rule.recipients, rule.fallback)]
    numbers = {wanted["role"] for wanted in asked if wanted.get("kind") == "role"}
    if not numbers:
        return []
    roles = Role.objects.filter(pk__in=numbers, contacts=None)
    names = ", ".join(role.name for role in roles)
    text = _("Nobody has these yet: %(names)s.") % {"names": names} if names else _("Each has one.")
    url = reverse("admin:contacts_role_changelist")
    return [Item(_("Who has which duty"), text, url, not names)]


def _tried() -> Item:
    count = len(tried_senders())
    text = ngettext("%(count)s sender tried.", "%(count)s senders tried.", count)
    words = text % {"count": count} if count else _("Enter the mail server and test it.")
    first = Sender.objects.order_by("-is_default", "pk").first()
    url = reverse("console:sender", args=[first.pk]) if first else reverse("console:senders")
    return Item(_("A sender that was tried"), words, url, bool(count))


def _live() -> Item:
    text = _("When you have watched the test inbox for some days.")
    return Item(_("Go live"), text, reverse("console:go_live"), is_done=False)
