"""What answers on the published port, and nothing else."""

from django.urls import include, path

handler400 = "emailketing.web.public.trouble.bad_request"
handler403 = handler404 = "emailketing.web.public.trouble.not_found"
handler500 = "emailketing.web.public.trouble.server_error"
urlpatterns = [
    path("", include("emailketing.web.public.urls")),
    path("", include("emailketing.web.public.signed_urls")),
]
