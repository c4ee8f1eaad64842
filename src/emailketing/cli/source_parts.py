"""How a source is named on the command line."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import refuse
from emailketing.sources.models import Source

Slug = Annotated[str, typer.Argument(help=str(gettext_lazy("Identifier of the source")))]


def source_named(slug: str) -> Source:
    source = Source.objects.filter(slug=slug).first()
    if source is None:
        refuse(_("There is no source “%(slug)s”.") % {"slug": slug})
    return source
