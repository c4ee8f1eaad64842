from django.urls import path

from emailketing.web.console.contacts import views

urlpatterns = [
    path("people/<int:pk>/", views.ContactPage.as_view(), name="contact"),
    path("suppressions/add/", views.AddSuppression.as_view(), name="suppress"),
    path("suppressions/<int:pk>/lift/", views.LiftSuppression.as_view(), name="suppression_lift"),
]
