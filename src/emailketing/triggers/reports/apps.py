from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "emailketing.triggers.reports"
    verbose_name = _("reports")

    def ready(self) -> None:
        from emailketing.listings.uses import register_uses
        from emailketing.triggers.reports.definition.uses import uses_of_listing  # models are there

        register_uses(uses_of_listing)
