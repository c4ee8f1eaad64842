from django.urls import path

from emailketing.web.console.rules import held, pack, sentence, simulation, texts, try_out, views

urlpatterns = [
    path("rules/", views.RuleList.as_view(), name="rules"),
    path("rules/new/", views.RuleEdit.as_view(), name="rule_new"),
    path("rules/sentence/", sentence.SaySentence.as_view(), name="rule_sentence"),
    path("rules/ready/<int:pk>/", pack.Pack.as_view(), name="rule_pack"),
    path("rules/try/", try_out.TryDraft.as_view(), name="rule_try_draft"),
    path("rules/<int:pk>/", views.RulePage.as_view(), name="rule"),
    path("rules/<int:pk>/edit/", views.RuleEdit.as_view(), name="rule_edit"),
    path("rules/<int:pk>/try/", try_out.TryRule.as_view(), name="rule_try"),
    path("rules/<int:pk>/simulation/", simulation.Simulated.as_view(), name="rule_simulation"),
    path("rules/<int:pk>/send-me/", try_out.SendMe.as_view(), name="rule_send_me"),
    path("rules/<int:pk>/switch/", views.RuleSwitch.as_view(), name="rule_switch"),
    path("rules/<int:pk>/delete/", views.RuleDelete.as_view(), name="rule_delete"),
    path("rules/<int:pk>/held/release/", held.ReleaseHeld.as_view(), name="rule_release"),
    path("rules/<int:pk>/held/drop/", held.Drop.as_view(), name="rule_drop"),
    path("rules/<int:pk>/texts/write/", texts.WriteTexts.as_view(), name="rule_texts_write"),
    path("rules/<int:pk>/texts/leave/", texts.LeaveTexts.as_view(), name="rule_texts_leave"),
]
