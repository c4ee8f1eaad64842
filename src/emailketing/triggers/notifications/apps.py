from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "emailketing.triggers.notifications"
    verbose_name = _("notifications")

    def ready(self) -> None:
        from emailketing.events.readers import declare
        from emailketing.triggers.notifications.firing.reader import RULES

        declare(RULES)
