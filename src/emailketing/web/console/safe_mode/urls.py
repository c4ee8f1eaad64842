from django.urls import path

from emailketing.web.console.safe_mode.views import ConfirmIdentity

urlpatterns = [path("safe-mode/<int:pk>/", ConfirmIdentity.as_view(), name="safe_mode")]
