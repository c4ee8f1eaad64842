"""Which code makes a kind of sender work: looked up by name when it is first needed."""

from functools import cache
from importlib import import_module
from typing import Any

from django.utils.translation import gettext as _

from emailketing.channels.base import AccountFailure, Adapter
from emailketing.channels.catalogue import channel_of, kinds


@cache
def adapter(kind: str) -> Adapter[Any]:
    """Return what makes this kind of sender work.

    Raises:
        AccountFailure: this installation does not know the kind.
    """
    try:
        about = kinds()[kind]
        module = import_module(f"{channel_of(about.channel).folder}.{about.module}")
    except (KeyError, ModuleNotFoundError) as error:
        sentence = _("This installation cannot send by “%(kind)s”. Choose another kind of sender.")
        raise AccountFailure(sentence % {"kind": kind}) from error
    found: Adapter[Any] = module.adapter
    return found
