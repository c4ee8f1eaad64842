from django.urls import path

from emailketing.web.console.senders import mailbox, views

urlpatterns = [
    path("senders/", views.SenderList.as_view(), name="senders"),
    path("senders/new/", views.SenderEdit.as_view(), name="sender_new"),
    path("senders/check/", views.CheckSender.as_view(), name="sender_check"),
    path("senders/<int:pk>/", views.SenderEdit.as_view(), name="sender"),
    path("senders/<int:pk>/test/", views.SendTest.as_view(), name="sender_test"),
    path("senders/<int:pk>/tests/", views.Tests.as_view(), name="sender_tests"),
    path("senders/<int:pk>/resume/", views.ResumeSender.as_view(), name="sender_resume"),
    path("senders/<int:pk>/mailbox/", mailbox.MailboxEdit.as_view(), name="sender_mailbox"),
    path("senders/<int:pk>/mailbox/try/", mailbox.TryMailbox.as_view(), name="sender_mailbox_try"),
    path(
        "senders/<int:pk>/mailbox/forget/",
        mailbox.ForgetMailbox.as_view(),
        name="sender_mailbox_forget",
    ),
    path("senders/<int:pk>/delete/", views.DeleteSender.as_view(), name="sender_delete"),
]
