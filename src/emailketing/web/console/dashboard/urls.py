from django.urls import path

from emailketing.web.console.dashboard.views import Dashboard

urlpatterns = [path("", Dashboard.as_view(), name="dashboard")]
