"""The form of a connection; the password goes in and never comes out (S22)."""

from typing import Any, ClassVar

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.sources.add import SourceInvalid
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.link import connected_to
from emailketing.sources.models import Source
from emailketing.web.console.typed_forms import ModelForm

MOST_PORT = 65535
SERVER_FIELDS = ("host", "port", "username", "password")


class ConnectionForm(ModelForm[Source]):
    """Where the business system's database is. SQLite needs the file alone."""

    file = forms.CharField(
        label=gettext_lazy("SQLite file"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Its full path on this machine, for example /srv/erp/erp.sqlite3"),
    )
    database = forms.CharField(label=gettext_lazy("Database"), max_length=120, required=False)
    port = forms.IntegerField(
        label=gettext_lazy("Port"),
        min_value=1,
        max_value=MOST_PORT,
        required=False,
        widget=forms.NumberInput(attrs={"placeholder": "5432"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Source
        fields: ClassVar = ["name", "dialect", "host", "port", "database", "username"]
        labels: ClassVar = {"name": gettext_lazy("What you call this system")}
        help_texts: ClassVar = {
            "name": gettext_lazy("For example “Station”, “ERP”"),
            "host": gettext_lazy("Name or address of the database server"),
            "username": gettext_lazy("A user of its own, with the few rights of the next page"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.instance
        self._was = {
            name: getattr(source, name) for name in ("host", "port", "username", "dialect")
        }
        self.has_password = bool(source.password_encrypted)
        if source.dialect == Source.Dialect.SQLITE:
            self.initial.update(file=source.database, database="")
        if self.has_password:
            self.fields["password"].help_text = _("One is kept; leave empty to keep it.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self._is_file():
            self._clean_file(cleaned)
        else:
            self._clean_server(cleaned)
        return cleaned

    def _clean_file(self, cleaned: dict[str, Any]) -> None:
        path = str(cleaned.get("file") or "").strip()
        if not path.startswith("/"):
            self.add_error("file", _("Write the full path of the file; it begins with “/”."))
        cleaned |= {"database": path, "host": "", "port": None, "username": ""}

    def _clean_server(self, cleaned: dict[str, Any]) -> None:
        for name, sentence in (
            ("host", _("Write the name or address of the server.")),
            ("database", _("Write the name of the database.")),
            ("username", _("Write the database user.")),
        ):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        keeps = self.has_password and not cleaned.get("password")
        if keeps and any(cleaned.get(name) != value for name, value in self._was.items()):
            self.add_error(
                "password", _("Enter the password again: the server or the user has changed.")
            )

    def refuse(self, error: Exception) -> None:
        """Show what cannot be saved: beside its field where the page has it."""
        if not isinstance(error, SourceInvalid):
            self.add_error(None, str(error))
            return
        for name, sentence in error.problems.items():
            shown = "file" if name == "database" and self._is_file() else name
            self.add_error(shown if shown in self.fields else None, sentence)

    def _is_file(self) -> bool:
        return self.cleaned_data.get("dialect") == Source.Dialect.SQLITE

    def filled(self) -> Source:
        """Return the source as the form says, unsaved."""
        source, cleaned = self.instance, self.cleaned_data
        if source.dialect == Source.Dialect.SQLITE:
            source.password_encrypted = ""
        elif cleaned.get("password"):
            source.password = cleaned["password"]
        return source


def connection_problem(source: Source) -> str:
    """Try to connect; return the sentence of what is wrong, "" when it works."""
    try:
        with connected_to(source):
            return ""
    except CaptureError as error:
        return str(error)


def free_slug(name: str) -> str:
    stem = slugify(name)[:40] or "source"
    taken = set(Source.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    number, slug = 1, stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
