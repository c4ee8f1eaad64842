from django.urls import path

from emailketing.web.console.schedule import views

urlpatterns = [
    path("runs/", views.RunsPage.as_view(), name="runs"),
    path("runs/<int:pk>/cancel/", views.CancelRun.as_view(), name="run_cancel"),
    path("schedule/said/", views.SaySchedule.as_view(), name="schedule_said"),
]
