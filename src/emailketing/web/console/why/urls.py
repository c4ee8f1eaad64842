from django.urls import path

from emailketing.web.console.why.views import Why

urlpatterns = [path("why/", Why.as_view(), name="why")]
