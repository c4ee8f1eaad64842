from django.urls import path, register_converter

from emailketing.web.console.documents import views
from emailketing.web.console.documents.address import AnyKey

register_converter(AnyKey, "anykey")

urlpatterns = [
    path("documents/", views.FindDocument.as_view(), name="documents"),
    path(
        "document/<str:source>/<str:document_type>/<anykey:key>/",
        views.DocumentStory.as_view(),
        name="document",
    ),
]
