from django.urls import path

from emailketing.web.console.reports import acts, editor, preview, ready, runs, signed_pages, views

urlpatterns = [
    path("reports/", views.ReportList.as_view(), name="reports"),
    path("reports/new/", editor.Editor.as_view(), name="report_new"),
    path("reports/ready/", ready.ReadyReports.as_view(), name="report_ready"),
    path("reports/parameters/", editor.Parameters.as_view(), name="report_parameters"),
    path("reports/people/", editor.Suggestions.as_view(), name="report_suggestions"),
    path("reports/drafts/<int:pk>/drop/", editor.DropDraft.as_view(), name="report_draft_drop"),
    path("reports/drafts/<int:pk>/people/", preview.People.as_view(), name="report_people"),
    path(
        "reports/drafts/<int:pk>/files/<str:kind>/",
        preview.DraftFile.as_view(),
        name="report_draft_file",
    ),
    path(
        "reports/drafts/<int:pk>/<str:step>/seen/",
        preview.SeeDraft.as_view(),
        name="report_draft_seen",
    ),
    path("reports/drafts/<int:pk>/<str:step>/", editor.Editor.as_view(), name="report_draft"),
    path("reports/<int:pk>/", views.ReportPage.as_view(), name="report"),
    path("reports/<int:pk>/edit/", editor.EditReport.as_view(), name="report_edit"),
    path("reports/<int:pk>/seen/", preview.SeeReport.as_view(), name="report_seen"),
    path("reports/<int:pk>/files/<str:kind>/", preview.PreviewedFile.as_view(), name="report_file"),
    path("reports/<int:pk>/runs/", runs.ReportRuns.as_view(), name="report_runs"),
    path("reports/<int:pk>/pages/", signed_pages.SignedPages.as_view(), name="report_pages"),
    path("reports/<int:pk>/switch/", acts.SwitchReport.as_view(), name="report_switch"),
    path("reports/<int:pk>/run/", acts.RunReport.as_view(), name="report_run"),
    path("reports/<int:pk>/send-me/", acts.SendReportToMe.as_view(), name="report_send_me"),
    path("reports/<int:pk>/delete/", acts.DeleteReport.as_view(), name="report_delete"),
    path("runs/<int:pk>/", runs.RunPage.as_view(), name="run"),
    path("runs/<int:pk>/files/<int:number>/", runs.RunFile.as_view(), name="run_file"),
]
