"""Forms for users: one role instead of groups and rights."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from emailketing.accounts.models import User
from emailketing.accounts.roles import ADMINISTRATOR, OPERATOR, READER
from emailketing.accounts.users import problems, role_of
from emailketing.web.console.forms.read_form import fill_instance, leave_checks

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


class _WithRole(forms.Form):
    """What can be kept `accounts.users` says, for the command line, too."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=ROLE_CHOICES, initial=OPERATOR, widget=Select
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare()

    def _prepare(self) -> None:
        """The fields are there."""

    def _name_is_needed(self) -> None:
        """Its star stays, and what is said of an empty one is what the command says."""
        name = self.fields["username"]
        name.required = True
        name.error_messages["required"] = User._meta.get_field("username").error_messages["blank"]

    def _say_problems(self, user: User) -> None:
        said = set(self.errors)
        for name, sentence in problems(user, role=self.cleaned_data.get("role", OPERATOR)):
            if name not in said:
                self.add_error(name if name in self.fields else None, sentence)


class UserForm(_WithRole, ChangeForm):
    """A user that exists."""

    def _prepare(self) -> None:
        leave_checks(self)
        self._name_is_needed()
        if self.instance.pk:
            self.fields["role"].initial = role_of(self.instance)

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "language", "is_active")
        field_classes: ClassVar = {"email": forms.CharField}
        widgets: ClassVar = {"email": EmailInput}

    def _post_clean(self) -> None:
        fill_instance(self)
        self._say_problems(self.instance)


class NewUserForm(_WithRole, CreationForm):
    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "language")
        field_classes: ClassVar = {"email": forms.CharField}
        widgets: ClassVar = {"email": EmailInput}

    def _prepare(self) -> None:
        leave_checks(self)
        self._name_is_needed()

    def clean_username(self) -> str:
        """Django would say in its own words that there is one already."""
        return str(self.cleaned_data.get("username", ""))

    def _post_clean(self) -> None:
        fill_instance(self)
        self._say_problems(self.instance)
        self.validate_password_for_user(self.instance)

    def password(self) -> str | None:
        """The one that was entered; None: nobody signs in with a password."""
        is_wanted = self.cleaned_data["set_usable_password"]
        return str(self.cleaned_data["password1"]) if is_wanted else None

    def save(self, commit: bool = True) -> User:  # noqa: ARG002 - `make_user` keeps it
        return self.instance
