from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.translation import gettext_lazy as _

from emailketing.web import console
from emailketing.web.console.frame.brazilian import speak_brazilian
from emailketing.web.pages import PAGES


def entries() -> list[str]:
    """Name the sub-packages: one per menu entry."""
    return [module.name for module in iter_modules(console.__path__) if module.ispkg]


def import_from_entries(part: str) -> list[Any]:
    """Import `part` (admin, urls) of every menu entry that has it."""
    found: list[Any] = []
    for entry in entries():
        package = import_module(f"{console.__name__}.{entry}")
        if part in {module.name for module in iter_modules(package.__path__)}:
            found.append(import_module(f"{package.__name__}.{part}"))
    return found


class ConsoleConfig(AppConfig):
    """The console's pages come with its addresses (config/urls.py): only who serves them waits."""

    default = True
    name = "emailketing.web.console"
    label = "console"
    verbose_name = _("console")

    def ready(self) -> None:
        speak_brazilian()
        from emailketing.company.links import register_pages  # models are there from now on

        register_pages(PAGES)


class ConsoleAdminConfig(SimpleAdminConfig):
    """Django's admin on our own site, with the pages we list and no others."""

    default_site = "emailketing.web.console.site.ConsoleSite"
