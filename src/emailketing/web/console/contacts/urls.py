from django.urls import path

from emailketing.web.console.contacts import dates, unreachable, views, wishes

urlpatterns = [
    path("people/<int:pk>/", views.ContactPage.as_view(), name="contact"),
    path("people/<int:pk>/wishes/", wishes.SaveWishes.as_view(), name="contact_wishes"),
    path("people/unreachable/", unreachable.Unreachable.as_view(), name="contacts_unreachable"),
    path(
        "people/unreachable/<int:pk>/write/", unreachable.WriteNow.as_view(), name="contacts_write"
    ),
    path("people/misread/", unreachable.Misread.as_view(), name="contacts_misread"),
    path("people/<int:pk>/dates/", dates.SaveDates.as_view(), name="contact_dates"),
    path("people/dates/", dates.UnreadDates.as_view(), name="contacts_dates"),
    path("suppressions/add/", views.AddSuppression.as_view(), name="suppress"),
    path("suppressions/export.csv", views.ExportSuppressions.as_view(), name="suppress_export"),
    path("suppressions/<int:pk>/lift/", views.LiftSuppression.as_view(), name="suppression_lift"),
]
