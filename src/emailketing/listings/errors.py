"""Why a listing cannot be asked, each in one sentence for whoever wants to see it."""

from django.utils.translation import gettext_noop

from emailketing.common.said import Said, SaidError


class ListingError(SaidError):
    """This listing gives no answer as it is, or as it is asked."""

    sentence = gettext_noop("The listing cannot be shown: %(why)s")


class NoSuchListing(ListingError):
    sentence = gettext_noop("There is no listing “%(name)s”; “listing list” shows them all.")


class NotForYou(ListingError):
    sentence = gettext_noop(
        "The listing “%(name)s” is not for you: an administrator chooses who sees it."
    )


class NotThere(ListingError):
    """What a saved listing names is gone from the connector or the database."""

    sentence = gettext_noop(
        "The connector of “%(source)s” has no listing “%(name)s” any more: choose another, or "
        "delete this one."
    )


class ParameterUnknown(ListingError):
    sentence = gettext_noop("This listing is not asked with “%(name)s”, but with: %(known)s.")


class ParameterMissing(ListingError):
    sentence = gettext_noop("“%(name)s” is missing: %(label)s.")


class ParameterWrong(ListingError):
    sentence = gettext_noop("“%(name)s” cannot be “%(value)s”: %(wanted)s.")


class ColumnsWrong(ListingError):
    """Two of one name, too many, or one that cannot be as it is said."""

    sentence = gettext_noop("%(why)s")


class DefinitionWrong(ListingError):
    """What a listing is made of cannot be understood, or does not fit the database."""

    sentence = gettext_noop("%(place)s: %(why)s")

    @property
    def said(self) -> Said:
        why = self.values["why"]
        return super().said if self.values["place"] or not isinstance(why, Said) else why


class TableGone(ListingError):
    sentence = gettext_noop(
        "There is no table “%(table)s” in the business database (any more): choose another, or "
        "ask whoever looks after it what it is called now."
    )


class FieldGone(ListingError):
    sentence = gettext_noop(
        "Table “%(table)s” has no column “%(field)s” (any more): choose another, or ask whoever "
        "looks after the database what it is called now."
    )


class FieldSecret(ListingError):
    sentence = gettext_noop("“%(field)s” is a secret of the business and never shown.")


class SqlRefused(ListingError):
    """Not one SELECT, or one that names what must not be called."""

    sentence = gettext_noop("SQL: %(why)s")


class AccountMissing(ListingError):
    sentence = gettext_noop(
        "SQL needs an account of its own in the database of “%(source)s”, which can only read: "
        "“listing account” makes its grants and keeps it."
    )


class AccountUnfit(ListingError):
    sentence = gettext_noop("This account is not for SQL: %(why)s")


class LookGone(ListingError):
    sentence = gettext_noop("These rows are not kept any more: look again.")


class LookNotKept(ListingError):
    sentence = gettext_noop("The rows cannot be kept: %(why)s.")
