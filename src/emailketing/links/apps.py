from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LinksConfig(AppConfig):
    name = "emailketing.links"
    verbose_name = _("links")

    def ready(self) -> None:
        from emailketing.company.links import register_outside
        from emailketing.links.public_address import seen_address

        register_outside(seen_address)
