from django.urls import path

from emailketing.web.console.public_address import views

urlpatterns = [
    path("public-address/", views.PublicAddressPage.as_view(), name="public_address"),
]
