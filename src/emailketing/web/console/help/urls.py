from django.urls import path

from emailketing.web.console.help import views

urlpatterns = [
    path("help/", views.Topics.as_view(), name="help"),
    path("help/words/", views.GlossaryWords.as_view(), name="help_words"),
    path("help/<slug:topic>/", views.Topic.as_view(), name="help_topic"),
]
