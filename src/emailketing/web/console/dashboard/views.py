from django.utils.translation import gettext_lazy as _

from emailketing.web.console.pages import ConsolePage


class Dashboard(ConsolePage):
    permission_required = ("outbox.view_message",)
    template_name = "console/dashboard/dashboard.html"
    title = _("Dashboard")
