"""Why we write: what people may want or refuse, class by class."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailClass(models.TextChoices):
    """Why we write, which decides expiry, order and what happens in doubt."""

    SECURITY = "security", _("security")
    TRANSACTIONAL = "transactional", _("transactional")
    DOCUMENT = "document", _("document")
    REPORT = "report", _("report")
    GREETING = "greeting", _("greeting")
    MARKETING = "marketing", _("marketing")
