from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OccasionsConfig(AppConfig):
    name = "emailketing.triggers.occasions"
    verbose_name = _("occasions")

    def ready(self) -> None:
        from emailketing.listings.uses import register_uses
        from emailketing.triggers.occasions.uses import uses_by_occasions

        register_uses(uses_by_occasions)  # models are there
