from django.contrib import admin
from django.urls import include, path

handler500 = "emailketing.web.console.trouble.server_error"
urlpatterns = [
    path("", include("emailketing.web.public.urls")),
    path("", include("emailketing.web.console.urls")),
    path("", admin.site.urls),
]
