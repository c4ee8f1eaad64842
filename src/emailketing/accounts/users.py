"""Who may sign in: make a user, change one, set a password; each checked and noted."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.changes import kept, note_saved
from emailketing.accounts.models import User
from emailketing.accounts.roles import ADMINISTRATOR, OPERATOR, READER, ROLES, ensure_roles
from emailketing.accounts.sign_in import PASSWORD_SET
from emailketing.accounts.who import Who
from emailketing.common.own_dialect import one_at_a_time

_TURN = 0x656D_6B02  # the number of our queue among those of this database
_PASSWORD = "password"  # noqa: S105 - the name of the field
TYPED = ("username", "first_name", "last_name", "email", "language")
Wrong = tuple[str, str]  # field, sentence


class UserInvalid(Exception):
    """A user cannot be kept so; `all` has every sentence with its field."""

    def __init__(self, *wrong: Wrong) -> None:
        self.all = wrong
        super().__init__(" ".join(dict.fromkeys(sentence for _field, sentence in wrong)))


def role_of(user: User) -> str:
    if user.is_superuser:
        return ADMINISTRATOR
    names = {group.name for group in user.groups.all()} if user.pk else set()
    if ADMINISTRATOR in names:
        return ADMINISTRATOR
    return OPERATOR if OPERATOR in names else READER


@transaction.atomic
def make_user(user: User, *, role: str, password: str | None, by: Who | str, now: datetime) -> User:
    """Check and save a new user with one role, and note it; without a password nobody signs in.

    Raises:
        UserInvalid: all that is wrong.
    """
    one_at_a_time(_TURN)  # two administrators who make the same name at once
    wrong = list(problems(user, role=role))
    if password is not None:
        wrong += password_problems(user, password)
    if wrong:
        raise UserInvalid(*wrong)
    user.set_password(password)  # none: one that opens nothing
    user.date_joined = now
    _keep(user, role)
    note_saved(user, {}, by=by, now=now)
    return user


@transaction.atomic
def change_user(user: User, *, role: str, by: Who | str, now: datetime) -> User:
    """Check and save what was changed of a user, the role too, and note it.

    Raises:
        UserInvalid: all that is wrong; the last administrator stays one.
    """
    one_at_a_time(_TURN)  # two administrators who end each other's role at once
    if wrong := list(problems(user, role=role)):
        raise UserInvalid(*wrong)
    before = kept(user)
    _keep(user, role)
    note_saved(user, before, by=by, now=now)
    return user


def _keep(user: User, role: str) -> None:
    """Put the user into exactly this role's group; administrators may do everything."""
    ensure_roles()
    user.is_staff, user.is_superuser = True, role == ADMINISTRATOR
    user.save()
    user.groups.set([Group.objects.get(name=role)])


@transaction.atomic
def make_first_user(user: User, *, password: str, came_from: str, now: datetime) -> User | None:
    """Make the administrator, who notes himself; None when somebody was faster.

    Raises:
        UserInvalid: all that is wrong.
    """
    one_at_a_time(_TURN)
    if not is_first_run():
        return None
    if wrong := list(first_user_problems(user, password)):
        raise UserInvalid(*wrong)
    by = Who(user.get_username(), user, came_from)
    return make_user(user, role=ADMINISTRATOR, password=password, by=by, now=now)


def first_user_problems(user: User, password: str) -> Iterator[Wrong]:
    """Yield what keeps the administrator from being made: test messages need an address, too."""
    if not user.email:
        yield "email", _("This must not be empty.")
    yield from problems(user, role=ADMINISTRATOR)
    yield from password_problems(user, password)


def is_first_run() -> bool:
    return not User.objects.exists()


@transaction.atomic
def set_password(user: User, password: str | None, *, by: Who | str, now: datetime) -> None:
    """Set a new password (None: one that opens nothing) and note it; it ends the sessions.

    Raises:
        UserInvalid: it is too easy; every reason.
    """
    if password is not None and (wrong := list(password_problems(user, password))):
        raise UserInvalid(*wrong)
    user.set_password(password)
    user.save(update_fields=["password"])
    note(PASSWORD_SET, by=by, now=now, about=user)


@transaction.atomic
def choose_language(user: User, language: str, *, by: Who | str, now: datetime) -> None:
    """Keep which language a user reads.

    Raises:
        UserInvalid: we do not speak it.
    """
    before, user.language = kept(user), language
    if wrong := [one for one in problems(user, role=role_of(user)) if one[0] == "language"]:
        raise UserInvalid(*wrong)
    user.save(update_fields=["language"])
    note_saved(user, before, by=by, now=now)


def problems(user: User, *, role: str) -> Iterator[Wrong]:
    """Yield what keeps a user from being saved; the password apart."""
    user.clean()  # writes name and address as Django keeps them
    try:
        user.clean_fields(exclude=[one.name for one in User._meta.fields if one.name not in TYPED])
    except ValidationError as error:
        for field, sentences in error.message_dict.items():
            yield from ((field, sentence) for sentence in sentences)
    same = User.objects.exclude(pk=user.pk).filter(username__iexact=user.username)
    if same.exists():
        yield "username", _("There is already a user “%(name)s”.") % {"name": user.username}
    if role not in ROLES:
        yield "role", _("There is no role “%(role)s”.") % {"role": role}
    known = User.objects.filter(pk=user.pk).first()
    stays = role == ADMINISTRATOR and user.is_active
    if known and role_of(known) == ADMINISTRATOR and not stays and not _others(user):
        yield "role", _("This is the last active administrator. Make another one first.")


def _others(user: User) -> bool:
    may_all = Q(is_superuser=True) | Q(groups__name=ADMINISTRATOR)
    return User.objects.filter(may_all, is_active=True).exclude(pk=user.pk).exists()


def password_problems(user: User, password: str) -> Iterator[Wrong]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        yield from ((_PASSWORD, sentence) for sentence in error.messages)
