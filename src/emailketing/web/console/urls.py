"""Every page of the console that is not a list or form of the admin, by menu entry."""

from django.urls import URLPattern, URLResolver

from emailketing.web.console.apps import import_from_entries

app_name = "console"
urlpatterns: list[URLPattern | URLResolver] = [
    pattern for module in import_from_entries("urls") for pattern in module.urlpatterns
]
