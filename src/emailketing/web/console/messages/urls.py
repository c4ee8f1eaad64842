from django.urls import path

from emailketing.web.console.messages import decide, undelivered, views

urlpatterns = [
    path("messages/undelivered/", undelivered.UndeliveredList.as_view(), name="undelivered"),
    path(
        "messages/undelivered/<int:pk>/seen/",
        undelivered.TakeCare.as_view(),
        name="undelivered_seen",
    ),
    path("messages/<int:pk>/", views.MessagePage.as_view(), name="message"),
    path("messages/<int:pk>/source/", views.MessageSource.as_view(), name="message_source"),
    path("messages/<int:pk>/files/<int:number>/", views.MessageFile.as_view(), name="message_file"),
    path("messages/<int:pk>/sent/", decide.MarkSent.as_view(), name="message_sent"),
    path("messages/<int:pk>/again/", decide.SendAgain.as_view(), name="message_again"),
    path("messages/<int:pk>/give-up/", decide.GiveUp.as_view(), name="message_give_up"),
    path("messages/<int:pk>/release/", decide.Release.as_view(), name="message_release"),
    path("messages/<int:pk>/cancel/", decide.Cancel.as_view(), name="message_cancel"),
    path("messages/<int:pk>/resend/", decide.Resend.as_view(), name="message_resend"),
]
