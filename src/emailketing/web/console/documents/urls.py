from django.urls import path

from emailketing.web.console.documents import views

urlpatterns = [
    path("documents/", views.FindDocument.as_view(), name="documents"),
    path(
        "document/<str:source>/<str:document_type>/<path:key>/",
        views.DocumentStory.as_view(),
        name="document",
    ),
]
