from django.urls import path

from emailketing.web.console.occasions import acts, calendar, views

urlpatterns = [
    path("occasions/", views.OccasionList.as_view(), name="occasions"),
    path("occasions/new/", views.EditOccasion.as_view(), name="occasion_new"),
    path("occasions/take/", acts.TakeReady.as_view(), name="occasion_take"),
    path("occasions/<int:pk>/", views.OccasionPage.as_view(), name="occasion"),
    path("occasions/<int:pk>/edit/", views.EditOccasion.as_view(), name="occasion_edit"),
    path("occasions/<int:pk>/switch/", acts.SwitchOccasion.as_view(), name="occasion_switch"),
    path("occasions/<int:pk>/delete/", acts.DeleteOccasion.as_view(), name="occasion_delete"),
    path("occasions/<int:pk>/answer/", acts.AnswerDoubt.as_view(), name="occasion_answer"),
    path("occasions/<int:pk>/read/", acts.ReadDates.as_view(), name="occasion_read"),
    path("occasions/<int:pk>/skip/", acts.SkipGreeting.as_view(), name="occasion_skip"),
    path("occasions/<int:pk>/send-me/", acts.SendGreetingToMe.as_view(), name="occasion_send_me"),
    path("calendar/", calendar.CalendarPage.as_view(), name="calendar"),
    path("calendar/<int:pk>/<str:day>/", calendar.DayPage.as_view(), name="calendar_day"),
]
