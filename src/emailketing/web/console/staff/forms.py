"""Forms for users: one role instead of groups and rights."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from emailketing.accounts.models import User
from emailketing.accounts.roles import ADMINISTRATOR, OPERATOR, READER
from emailketing.accounts.users import problems, role_of
from emailketing.web.console.forms.reading_form import ReadingForm

if TYPE_CHECKING:
    from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

    ChangeForm = UserChangeForm[User]
    CreationForm = AdminUserCreationForm[User]
    Select = forms.Select
    EmailInput = forms.EmailInput
else:
    from unfold.forms import UserChangeForm as ChangeForm
    from unfold.forms import UserCreationForm as CreationForm
    from unfold.widgets import UnfoldAdminEmailInputWidget as EmailInput
    from unfold.widgets import UnfoldAdminSelectWidget as Select

ROLE_CHOICES = (
    (READER, gettext_lazy("Reader: looks at everything, changes nothing")),
    (OPERATOR, gettext_lazy("Operator: rules, templates, contacts and messages of every day")),
    (
        ADMINISTRATOR,
        gettext_lazy("Administrator: also sources, senders, company and users"),
    ),
)


class _WithRole(ReadingForm[User]):
    """What can be kept `accounts.users` says, for the command line, too."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=ROLE_CHOICES, initial=OPERATOR, widget=Select
    )

    def what_is_wrong(self) -> Iterator[tuple[str, str]]:
        return problems(self.instance, role=self.cleaned_data.get("role", OPERATOR))


class UserForm(_WithRole, ChangeForm):
    """A user that exists."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "language", "is_active")
        field_classes: ClassVar = {"email": forms.CharField}
        widgets: ClassVar = {"email": EmailInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["role"].initial = role_of(self.instance)


class NewUserForm(_WithRole, CreationForm):
    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "language")
        field_classes: ClassVar = {"email": forms.CharField}
        widgets: ClassVar = {"email": EmailInput}

    def clean_username(self) -> str:
        """Django would say in its own words that there is one already."""
        return str(self.cleaned_data.get("username", ""))

    def password(self) -> str | None:
        """The one that was entered; None: nobody signs in with a password."""
        is_wanted = self.cleaned_data["set_usable_password"]
        return str(self.cleaned_data["password1"]) if is_wanted else None

    def save(self, commit: bool = True) -> User:  # noqa: ARG002 - `make_user` keeps it
        return self.instance
