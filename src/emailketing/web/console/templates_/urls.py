from django.urls import path

from emailketing.web.console.templates_ import cards, history, preview, views

urlpatterns = [
    path("templates/", views.TemplateList.as_view(), name="templates"),
    path("templates/cards/", cards.Cards.as_view(), name="template_cards"),
    path("templates/new/", views.TemplateSettings.as_view(), name="template_new"),
    path("templates/<int:pk>/", views.TemplateEdit.as_view(), name="template"),
    path(
        "templates/<int:pk>/settings/", views.TemplateSettings.as_view(), name="template_settings"
    ),
    path("templates/<int:pk>/preview/", preview.TemplatePreview.as_view(), name="template_preview"),
    path("templates/<int:pk>/pdf/", preview.PreviewPdf.as_view(), name="template_pdf"),
    path("templates/<int:pk>/delete/", views.TemplateDelete.as_view(), name="template_delete"),
    path("templates/<int:pk>/history/", history.History.as_view(), name="template_history"),
    path("templates/revisions/<int:pk>/", history.RevisionPage.as_view(), name="revision"),
    path(
        "templates/revisions/<int:pk>/restore/", history.Restore.as_view(), name="revision_restore"
    ),
]
