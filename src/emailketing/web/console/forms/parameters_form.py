"""What a listing is asked with, as a form: a field for each parameter, in the words of people.

Use: `ParametersForm(parameters, source, request.GET or None, prefix="p")`, and
`{% include "console/listings/parameters.html" with parameters=form %}`. `values()` is what the
listing is asked with; whether a value fits is said by the listing, not here.
"""

from collections.abc import Iterable, Mapping

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from emailketing.common.conditions import NUMBERS
from emailketing.common.language import active_language
from emailketing.common.plain import JSON
from emailketing.listings.choices import choices_of
from emailketing.listings.parameters import FALSE, TRUE
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import in_language
from emailketing.sources.connectors.model import PERIOD, Parameter
from emailketing.sources.models import Source
from emailketing.web.console.forms.period_field import PeriodField


class ParametersForm(forms.Form):
    """Reads; the listing judges. What was not sent has its default."""

    def __init__(
        self,
        parameters: Iterable[Parameter],
        source: Source,
        data: QueryDict | Mapping[str, str] | None = None,
        *,
        prefix: str = "p",
        values: Mapping[str, JSON] | None = None,
    ) -> None:
        """Make the fields.

        Args:
            parameters: of the listing.
            source: whose database knows what may be chosen.
            data: what was sent; nothing: the form shows `values`.
            prefix: of the fields' names.
            values: what it is asked with now.
        """
        super().__init__(data, prefix=prefix)
        self.parameters = tuple(parameters)
        self.unread: list[str] = []  # why something could not be offered
        known = values or {}
        for parameter in self.parameters:
            field = self._field(parameter, source)
            given = known.get(parameter.name)
            field.initial = _shown(parameter, parameter.default if given is None else str(given))
            self.fields[parameter.name] = field

    def _field(self, parameter: Parameter, source: Source) -> forms.Field:
        label = in_language(parameter.label, active_language()) or parameter.name
        is_needed = parameter.default is None
        if parameter.type == PERIOD:
            return PeriodField(label=label, required=parameter.default != "")
        if choices := self._choices(parameter, source):
            every = [] if is_needed else [("", _("all"))]
            return forms.ChoiceField(label=label, required=False, choices=[*every, *choices])
        if parameter.type == "boolean":
            words = [("yes", _("Yes")), ("no", _("No"))]
            every = [] if is_needed or parameter.default else [("", _("all"))]
            return forms.ChoiceField(label=label, required=False, choices=[*every, *words])
        kinds = {"date": "date", "datetime": "datetime-local"}
        attributes = {"type": kinds.get(parameter.type, "text"), "autocomplete": "off"}
        if parameter.type in NUMBERS:
            attributes["inputmode"] = "decimal"
        if parameter.default and parameter.default.isidentifier():
            attributes["type"] = "text"  # a word: “today”
        return forms.CharField(label=label, required=False, widget=forms.TextInput(attributes))

    def _choices(self, parameter: Parameter, source: Source) -> list[tuple[str, str]]:
        try:
            return choices_of(source, parameter)
        except CaptureError as error:
            self.unread.append(str(error))
            return []

    def values(self) -> dict[str, JSON]:
        """Return name → value of what was sent; before that of what the form shows."""
        found: dict[str, JSON] = {}
        for parameter in self.parameters:
            field = self[parameter.name]
            is_sent = self.is_bound and any(key.startswith(field.html_name) for key in self.data)
            value = field.data if is_sent else field.initial
            if value not in (None, ""):
                found[parameter.name] = str(value)
            elif is_sent and parameter.default:
                found[parameter.name] = ""  # “all”, where something else would be taken
        return found


def _shown(parameter: Parameter, value: str | None) -> str:
    if parameter.type == "boolean" and value:
        word = value.casefold()
        return "yes" if word in TRUE else "no" if word in FALSE else value
    return value or ""
