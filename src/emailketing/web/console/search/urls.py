from django.urls import path

from emailketing.web.console.search import views

urlpatterns = [path("search/", views.Everywhere.as_view(), name="search")]
