from django.urls import path

from emailketing.web.console.contacts import unreachable, views, wishes

urlpatterns = [
    path("people/<int:pk>/", views.ContactPage.as_view(), name="contact"),
    path("people/<int:pk>/wishes/", wishes.SaveWishes.as_view(), name="contact_wishes"),
    path("people/unreachable/", unreachable.Unreachable.as_view(), name="contacts_unreachable"),
    path(
        "people/unreachable/<int:pk>/write/", unreachable.WriteNow.as_view(), name="contacts_write"
    ),
    path("people/misread/", unreachable.Misread.as_view(), name="contacts_misread"),
    path("suppressions/add/", views.AddSuppression.as_view(), name="suppress"),
    path("suppressions/<int:pk>/lift/", views.LiftSuppression.as_view(), name="suppression_lift"),
]
