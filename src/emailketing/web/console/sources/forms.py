"""The form of a connection; the password goes in and never comes out (S22)."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.port import HIGHEST_PORT
from emailketing.sources.attaching.add import SourceInvalid, connection_problems
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.dialects.entries import NAMES, ConnectionField
from emailketing.sources.dialects.registry import dialects, titles
from emailketing.sources.link import connected_to
from emailketing.sources.models import Source
from emailketing.web.console.forms.reading_form import ReadingForm

COLUMNS = tuple(name for name in NAMES if name != "password")
# whoever changes these enters the password again
PASSWORD_IS_FOR = ("dialect", "host", "port", "username")


class ConnectionForm(ReadingForm[Source]):
    """Where the business system's database is: each kind of database has entries of its own."""

    dialect = forms.ChoiceField(label=capfirst(gettext_lazy("kind of database")), choices=titles)

    class Meta:
        model = Source
        fields: ClassVar = ["name", "dialect"]
        labels: ClassVar = {"name": gettext_lazy("What you call this system")}
        help_texts: ClassVar = {"name": gettext_lazy("For example “Station”, “ERP”")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.instance
        self._was = {name: getattr(source, name) for name in PASSWORD_IS_FOR}
        self.has_password = bool(source.password_encrypted)
        for dialect in dialects().values():
            for entry in dialect.entries():
                field = field_of(entry)
                if entry.name == "password" and self.has_password:
                    field.help_text = _("One is kept; leave empty to keep it.")
                elif entry.name != "password" and dialect.name == source.dialect:
                    field.initial = getattr(source, entry.name)
                self.fields[named(dialect.name, entry.name)] = field

    def parts(self) -> list[tuple[str, list[list[forms.BoundField]]]]:
        """Return the entries of each kind of database, row by row."""
        return [
            (
                dialect.name,
                [[self[named(dialect.name, entry.name)] for entry in row] for row in dialect.form],
            )
            for dialect in dialects().values()
        ]

    def what_is_wrong(self) -> Iterator[tuple[str, str]]:
        """Put the entries of the chosen kind into the source, too, and ask."""
        source = self.instance
        for column in COLUMNS:
            value = self.cleaned_data.get(named(source.dialect, column))
            setattr(source, column, value if column == "port" else value or "")
        yield from self._placed(connection_problems(source))
        yield from self._ask_again()

    def _ask_again(self) -> Iterator[tuple[str, str]]:
        """A password is for one server and one user."""
        password = named(self.instance.dialect, "password")
        if password not in self.fields or not self.has_password or self.cleaned_data.get(password):
            return
        if any(getattr(self.instance, name) != value for name, value in self._was.items()):
            yield password, _("Enter the password again: the server or the user has changed.")

    def _placed(self, wrong: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Name the field that shows each entry of the chosen kind."""
        for name, sentence in wrong:
            shown = named(self.instance.dialect, name)
            yield shown if shown in self.fields else name, sentence

    def refuse(self, error: Exception) -> None:
        """Show what cannot be saved: beside its field where the page has it."""
        if not isinstance(error, SourceInvalid):
            self.add_error(None, str(error))
            return
        self.tell(self._placed(error.problems.items()))

    def filled(self) -> Source:
        """Return the source as the form says, unsaved."""
        source = self.instance
        password = named(source.dialect, "password")
        if password not in self.fields:
            source.password_encrypted = ""
        elif self.cleaned_data.get(password):
            source.password = self.cleaned_data[password]
        return source


def named(dialect: str, entry: str) -> str:
    """Return the name of the field: what is typed for one kind never meets another's."""
    return f"{dialect}_{entry}"


def field_of(entry: ConnectionField) -> forms.Field:
    words: dict[str, Any] = {"label": entry.label, "help_text": entry.help, "required": False}
    if entry.name == "port":
        port = forms.NumberInput(attrs={"placeholder": entry.example})
        return forms.IntegerField(min_value=1, max_value=HIGHEST_PORT, widget=port, **words)
    if entry.name == "password":
        hidden = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        return forms.CharField(strip=False, max_length=entry.longest, widget=hidden, **words)
    text = forms.TextInput(attrs={"placeholder": entry.example} if entry.example else None)
    return forms.CharField(max_length=entry.longest, widget=text, **words)


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
