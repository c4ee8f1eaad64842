"""The addresses of links in messages, and what their pages load: on the published port only."""

from django.urls import path

from emailketing.web.public.look import look
from emailketing.web.public.reach import outside, reach

app_name = "signed"
urlpatterns = [
    path("look.css", look, name="look"),
    path("reach/<str:token>", reach, name="reach"),
    path("outside/<str:token>", outside, name="outside"),
]
