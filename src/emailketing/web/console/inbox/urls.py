from django.urls import path

from emailketing.web.console.inbox import views

urlpatterns = [
    path("inbox/", views.Inbox.as_view(), name="inbox"),
    path("inbox/empty/", views.EmptyInbox.as_view(), name="inbox_empty"),
    path("inbox/<int:pk>/", views.InboxPage.as_view(), name="inbox_message"),
    path("inbox/<int:pk>/source/", views.InboxSource.as_view(), name="inbox_source"),
    path("inbox/<int:pk>/files/<int:number>/", views.InboxFile.as_view(), name="inbox_file"),
]
