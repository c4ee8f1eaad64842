from django.urls import path

from emailketing.web.console.reports import acts, runs, views

urlpatterns = [
    path("reports/", views.ReportList.as_view(), name="reports"),
    path("reports/<int:pk>/", views.ReportPage.as_view(), name="report"),
    path("reports/<int:pk>/runs/", runs.ReportRuns.as_view(), name="report_runs"),
    path("reports/<int:pk>/switch/", acts.SwitchReport.as_view(), name="report_switch"),
    path("reports/<int:pk>/run/", acts.RunReport.as_view(), name="report_run"),
    path("reports/<int:pk>/send-me/", acts.SendReportToMe.as_view(), name="report_send_me"),
    path("reports/<int:pk>/delete/", acts.DeleteReport.as_view(), name="report_delete"),
    path("runs/<int:pk>/", runs.RunPage.as_view(), name="run"),
    path("runs/<int:pk>/files/<int:number>/", runs.RunFile.as_view(), name="run_file"),
]
