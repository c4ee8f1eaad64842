"""May whoever chose the listing of an occasion still see it? Asked again at each read (P12)."""

from emailketing.accounts.models import User
from emailketing.accounts.who import Who
from emailketing.common.said import say as _
from emailketing.listings.right import may_see
from emailketing.triggers.occasions.models import Occasion

MAY_GREET = "occasions.change_occasion"


def right_lost(occasion: Occasion) -> str:
    """Say that nobody answers for reading its listing any more; "" where somebody does."""
    if not occasion.listing or not occasion.has_owner:
        return ""
    owner = occasion.owner
    if owner is None:
        return _("Who chose its listing is no user any more. Whoever may see it resumes it.")
    words = {"name": owner.get_username(), "listing": occasion.listing}
    if not owner.is_active or not owner.has_perm(MAY_GREET):
        sentence = _("%(name)s may not change special dates any more. Another user resumes it.")
        return sentence % words
    if not may_see(owner, occasion.listing):
        sentence = _(
            "%(name)s may not see the listing “%(listing)s” any more. Whoever may see it resumes"
            " it."
        )
        return sentence % words
    return ""


def may_see_rows(by: Who | User | str, occasion: Occasion) -> bool:
    """Whether somebody may see what the rows of its listing say; without one everybody may."""
    return not occasion.listing or may_see(by, occasion.listing)


def answer_for(occasion: Occasion, listing_before: str, by: Who | str) -> None:
    """Let whoever chose its listing answer for it: then, or where nobody can any more."""
    if not occasion.listing:
        occasion.owner, occasion.has_owner = None, False
    elif listing_before != occasion.listing or right_lost(occasion):
        occasion.owner = by.user if isinstance(by, Who) else None
        occasion.has_owner = occasion.owner is not None
