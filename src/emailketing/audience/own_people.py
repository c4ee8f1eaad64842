"""Our own people: who hears of what concerns the installation, and through which sender."""

from django.db.models import Q

from emailketing.accounts.models import User
from emailketing.accounts.roles import ADMINISTRATOR
from emailketing.channels.declared import EMAIL
from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.content.models import Brand
from emailketing.outbox.queueing.request import Recipient


def administrators(why: str) -> tuple[Recipient, ...]:
    """Return the administrators with an e-mail address, else the company itself."""
    chiefs = User.objects.filter(
        Q(is_superuser=True) | Q(groups__name=ADMINISTRATOR), is_active=True
    ).exclude(email="")
    found = {
        user.email.lower(): Recipient(
            address=user.email,
            name=user.get_full_name() or user.get_username(),
            language=user.language,
            why=why,
        )
        for user in chiefs.order_by("pk").distinct()
    }
    return tuple(found.values()) or _the_company(why)


def _the_company(why: str) -> tuple[Recipient, ...]:
    brand = Brand.objects.filter(is_default=True).first()
    company, sender = Company.get(), mail_sender()
    address = (brand.email if brand else "") or (sender.from_address if sender else "")
    if not address:
        return ()
    name = company.name or (brand.name if brand else "")
    return (Recipient(address=address, name=name, language=company.language, why=why),)


def mail_sender() -> Sender | None:
    """Return the default mail sender, or another one while that does not work."""
    mails = Sender.objects.filter(channel=EMAIL, is_active=True)
    ordered = sorted(mails, key=lambda one: (bool(one.paused_reason), not one.is_default, one.pk))
    return next(iter(ordered), None)
