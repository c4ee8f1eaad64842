from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from emailketing.content import declared


class SourcesConfig(AppConfig):
    name = "emailketing.sources"
    verbose_name = _("sources")

    def ready(self) -> None:
        declared.learn_from(_declarations)


def _declarations() -> declared.Declares:
    """Loaded when somebody asks: few commands write texts."""
    from emailketing.sources import declared as by_connectors

    return by_connectors
