"""A form that reads and does not judge: what may be is asked of the function that saves."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, TypeVar

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models

from emailketing.web.console.forms.typed_forms import ModelForm

Record = TypeVar("Record", bound=models.Model)


class ReadingForm(ModelForm[Record]):
    """Puts into the record what was sent, also what cannot be: whoever saves it refuses it.

    So console, command line and file refuse it with the same sentence, not here with one of
    Django's. The fields keep their bounds for the browser. What cannot be read at all (“abc”
    for a number) is refused here, and so is a record that is not offered: which are is a
    question of rights.
    """

    judged_here: ClassVar[frozenset[str]] = frozenset()  # choices of which only the page knows

    def _clean_fields(self) -> None:
        were_required = {name: field.required for name, field in self._open()}
        for name, field in self._open():
            field.required = False
            field.validators = [
                one for one in field.validators if isinstance(one, ProhibitNullCharactersValidator)
            ]
            if isinstance(field, forms.ChoiceField) and name not in self.judged_here:
                self._offer_as_sent(name, field)
        super()._clean_fields()  # type: ignore[misc]
        for name, is_required in were_required.items():  # for the browser
            self.fields[name].required = is_required

    def what_is_wrong(self) -> Iterable[tuple[str, str]]:
        """Ask the record's own check: field, sentence. Nothing, where who saves is asked later."""
        return ()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.tell(self.what_is_wrong())

    def tell(self, wrong: Iterable[tuple[str, str]]) -> None:
        """Show each sentence beside its field, or above all where the page has no such field."""
        said = set(self.errors)  # what was sent there is not in the record
        for name, sentence in wrong:
            if name not in said:
                self.add_error(name if name in self.fields else None, sentence)

    def _open(self) -> Iterator[tuple[str, forms.Field]]:
        """Yield the fields of the record that hold one plain value, or a record."""
        for name in self._meta.fields or ():
            field = self.fields.get(name)
            if field is not None and not isinstance(field, forms.MultipleChoiceField):
                yield name, field

    def _offer_as_sent(self, name: str, field: forms.ChoiceField) -> None:
        if isinstance(field, forms.ModelChoiceField) or not isinstance(field.widget, forms.Select):
            return
        sent = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        if isinstance(sent, str) and not field.valid_value(sent):
            field.choices = [*field.widget.choices, (sent, sent)]

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the record's own fields alone: their sentences are Django's."""
        return {field.name for field in self.instance._meta.get_fields()}
