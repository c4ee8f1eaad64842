"""Save the company: checked, written and noted with who did it."""

from datetime import datetime

from django.db import transaction

from emailketing.accounts.changes import kept, note_saved
from emailketing.accounts.who import Who
from emailketing.company.check import CompanyInvalid, wrong_with_company
from emailketing.company.models import Company

# the brakes are not among them: somebody may be pulling one just now
SAVED = (
    "name",
    "tax_id",
    "country",
    "language",
    "time_zone",
    "currency",
    "quiet_from",
    "quiet_to",
    "base_url",
    "public_url",
    "setup_at",
)


@transaction.atomic
def save_company(company: Company, *, by: Who | str, now: datetime) -> Company:
    """Check, save, and note what changed.

    Raises:
        CompanyInvalid: everything that is wrong.
    """
    if wrong := wrong_with_company(company):
        raise CompanyInvalid(wrong)
    before = kept(company)
    company.save(update_fields=SAVED)
    note_saved(company, before, by=by, now=now)
    return company
