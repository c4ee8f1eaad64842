"""What the company must be before it is saved: one check, for console, command line and file."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from emailketing.common.zones import is_zone
from emailketing.company.models import Company


def check_company(company: Company) -> None:
    """Check what a field alone does not know.

    Raises:
        ValidationError: by field, one sentence each.
    """
    problems: dict[str, str] = {}
    # no URLValidator: a name of the office's own network is fine, http://servidor:8000/
    parts = urlsplit(company.base_url)
    if company.base_url and (parts.scheme not in {"http", "https"} or not parts.hostname):
        problems["base_url"] = _("Write it as https://mail.example.com/.")
    if (company.quiet_from is None) != (company.quiet_to is None):
        problems["quiet_to"] = _("Write both hours, or none.")
    if not is_zone(company.time_zone):
        sentence = _("“%(zone)s” is no time zone; write it like America/Asuncion.")
        problems["time_zone"] = sentence % {"zone": company.time_zone}
    if problems:
        raise ValidationError(problems)


def clean_company(company: Company) -> None:
    """Read every value as its field does, then check the whole.

    Raises:
        ValidationError: by field, one sentence each.
    """
    company.full_clean(exclude=["base_url"])
    check_company(company)
