from django.urls import path
from django.views.generic import RedirectView

urlpatterns = [
    path("sources/", RedirectView.as_view(url="/"), name="sources"),
    path("sources/<int:pk>/", RedirectView.as_view(url="/"), name="source"),
]
