from django.urls import path

from emailketing.web.console.sources import health, look, tables, views, wizard

urlpatterns = [
    path("sources/", views.SourceList.as_view(), name="sources"),
    path("sources/new/", wizard.NewConnection.as_view(), name="source_new"),
    path("sources/new/connector/", wizard.ChooseConnector.as_view(), name="source_connector"),
    path("sources/try/", look.TryConnection.as_view(), name="source_try"),
    path("sources/<int:pk>/", health.SourcePage.as_view(), name="source"),
    path(
        "sources/<int:pk>/connection/", wizard.ChangeConnection.as_view(), name="source_connection"
    ),
    path("sources/<int:pk>/check/", look.CheckPage.as_view(), name="source_check"),
    path("sources/<int:pk>/sql/", look.SqlPage.as_view(), name="source_sql"),
    path("sources/<int:pk>/sql/download/", look.DownloadSql.as_view(), name="source_download"),
    path("sources/<int:pk>/install/", views.Install.as_view(), name="source_install"),
    path("sources/<int:pk>/tables/", tables.WatchedTables.as_view(), name="source_tables"),
    path("sources/<int:pk>/tables/decide/", tables.DecideTable.as_view(), name="source_table"),
    path("sources/<int:pk>/accept/", views.Accept.as_view(), name="source_accept"),
    path("sources/<int:pk>/look/", health.LookNow.as_view(), name="source_look"),
    path("sources/<int:pk>/repair/", views.Repair.as_view(), name="source_repair"),
    path("sources/<int:pk>/pause/", views.Pause.as_view(), name="source_pause"),
    path("sources/<int:pk>/upgrade/", views.PauseForUpgrade.as_view(), name="source_upgrade"),
    path("sources/<int:pk>/resume/", views.Resume.as_view(), name="source_resume"),
    path("sources/<int:pk>/remove/", views.Remove.as_view(), name="source_remove"),
    path("sources/<int:pk>/delete/", views.Delete.as_view(), name="source_delete"),
]
