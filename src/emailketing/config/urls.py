from django.contrib import admin
from django.urls import include, path

from emailketing.web.console.apps import import_from_entries

import_from_entries("admin")  # registers the lists and forms whose addresses follow
handler500 = "emailketing.web.console.frame.trouble.server_error"
urlpatterns = [
    path("", include("emailketing.web.public.urls")),
    path("", include("emailketing.web.console.urls")),
    path("", admin.site.urls),
]
