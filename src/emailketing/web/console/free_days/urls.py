from django.urls import path

from emailketing.web.console.free_days import views

urlpatterns = [path("free-days/", views.FreeDaysPage.as_view(), name="free_days")]
