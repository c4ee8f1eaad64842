from django.urls import path

from emailketing.web.console.configuration import views

urlpatterns = [
    path("configuration/", views.Configuration.as_view(), name="configuration"),
    path("configuration/export/", views.ExportConfiguration.as_view(), name="configuration_export"),
    path("configuration/apply/", views.Apply.as_view(), name="configuration_apply"),
]
