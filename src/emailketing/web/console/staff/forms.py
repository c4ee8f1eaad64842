"""Forms for users: one role instead of groups and rights."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.models import User
from emailketing.accounts.roles import ADMINISTRATOR, OPERATOR, READER, ensure_roles
from emailketing.web.console.frame.shapes import Context

if TYPE_CHECKING:
    from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

    ChangeForm = UserChangeForm[User]
    CreationForm = AdminUserCreationForm[User]
    Select = forms.Select
else:
    from unfold.forms import UserChangeForm as ChangeForm
    from unfold.forms import UserCreationForm as CreationForm
    from unfold.widgets import UnfoldAdminSelectWidget as Select

ROLE_CHOICES = (
    (READER, gettext_lazy("Reader: looks at everything, changes nothing")),
    (OPERATOR, gettext_lazy("Operator: rules, templates, contacts and messages of every day")),
    (
        ADMINISTRATOR,
        gettext_lazy("Administrator: also sources, senders, company and users"),
    ),
)


def role_of(user: User) -> str:
    names = {group.name for group in user.groups.all()}
    if user.is_superuser or ADMINISTRATOR in names:
        return ADMINISTRATOR
    return OPERATOR if OPERATOR in names else READER


def give_role(user: User, role: str) -> None:
    """Put the user into exactly this role's group; administrators may do everything."""
    ensure_roles()
    user.is_staff, user.is_superuser = True, role == ADMINISTRATOR
    user.save(update_fields=["is_staff", "is_superuser"])
    user.groups.set([Group.objects.get(name=role)])


class _WithRole(forms.Form):
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=ROLE_CHOICES, initial=OPERATOR, widget=Select
    )


class UserForm(_WithRole, ChangeForm):
    """A user that exists; the last administrator stays one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["role"].initial = role_of(self.instance)

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "language", "is_active")

    def clean(self) -> Context:
        cleaned: Context = super().clean() or {}
        leaves = cleaned.get("role") != ADMINISTRATOR or not cleaned.get("is_active", True)
        if leaves and role_of(self.instance) == ADMINISTRATOR and not self._others():
            raise ValidationError(
                _("This is the last active administrator. Make another one first.")
            )
        return cleaned

    def _others(self) -> bool:
        others = User.objects.filter(is_active=True, is_superuser=True).exclude(pk=self.instance.pk)
        return others.exists()


class NewUserForm(_WithRole, CreationForm):
    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "language")
