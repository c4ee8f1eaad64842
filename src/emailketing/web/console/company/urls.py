from django.urls import path

from emailketing.web.console.company import brakes, views

urlpatterns = [
    path("company/", views.CompanyPage.as_view(), name="company"),
    path("company/live/", brakes.GoLive.as_view(), name="go_live"),
    path("company/sandbox/", brakes.BackToSandbox.as_view(), name="go_sandbox"),
    path("company/stop/", brakes.StopEverything.as_view(), name="stop_everything"),
    path("company/resume/", brakes.LetItGo.as_view(), name="resume_everything"),
]
