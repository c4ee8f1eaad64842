from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "emailketing.web.console"
    label = "console"
