from django.urls import path

from emailketing.web.console.events.views import EventPage

urlpatterns = [path("events/<int:pk>/", EventPage.as_view(), name="event")]
