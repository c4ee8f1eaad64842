"""Every address that answers without a login. There is no other: a test walks through all."""

from django.urls import path

from emailketing.web.public.health import healthz, readyz
from emailketing.web.public.hooks import hook

app_name = "public"
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("hooks/<str:token>/", hook, name="hook"),
]
