"""The forms of the assistant: fewer questions than the pages themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from emailketing.web.console.senders.form import SenderForm


class FirstSenderForm(SenderForm):
    """Either the sandbox for now, or the company's mail server."""

    how = forms.ChoiceField(
        choices=[("sandbox", ""), ("server", "")], initial="sandbox", widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        values = data.copy() if data is not None else None
        if values is not None and values.get("how") != "server":
            # in the sandbox nothing leaves this machine: any server will do until going live
            values.update({"host": "localhost", "port": "25", "security": "plain"})
            values.update({"username": "", "password": ""})
        if values is not None:
            values.update({"connections": "4", "is_active": "on", "is_default": "on"})
            values["name"] = values.get("name") or values.get("from_name") or _("Company")
        super().__init__(values, **kwargs)
