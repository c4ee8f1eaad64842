from django.urls import path

from emailketing.web.console.first_run import account, finish, steps, views

urlpatterns = [
    path("first-run/<str:token>/", account.FirstAccount.as_view(), name="first_run"),
    path("setup/", views.Overview.as_view(), name="setup"),
    path("setup/company/", steps.CompanyStep.as_view(), name="setup_company"),
    path("setup/source/", steps.SourceStep.as_view(), name="setup_source"),
    path("setup/sender/", steps.SenderStep.as_view(), name="setup_sender"),
    path("setup/rule/", steps.RuleStep.as_view(), name="setup_rule"),
    path("setup/test/", finish.TestStep.as_view(), name="setup_test"),
    path("setup/test/<int:pk>/", finish.Arrived.as_view(), name="setup_arrived"),
    path("setup/done/", finish.Done.as_view(), name="setup_done"),
]
