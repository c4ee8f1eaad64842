from django.urls import path

from emailketing.web.console.audit import views

urlpatterns = [
    path("audit/", views.Search.as_view(), name="audit"),
    path("audit/export.<str:ending>", views.ExportAudit.as_view(), name="audit_export"),
    path("audit/<int:pk>/", views.OneChange.as_view(), name="audit_change"),
]
