from django.urls import path

from emailketing.web.console.account.views import change_language

urlpatterns = [path("account/language/", change_language, name="language")]
