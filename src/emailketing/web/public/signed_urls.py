"""The addresses of links in messages, and what their pages load: on the published port only."""

from django.urls import path

from emailketing.web.public.look import look
from emailketing.web.public.reach import outside, reach
from emailketing.web.public.report import report, report_chart, report_file
from emailketing.web.public.way_out import own_copy, way_out

app_name = "signed"
urlpatterns = [
    path("look.css", look, name="look"),
    path("c/<str:token>", own_copy, name="own_copy"),
    path("u/<str:token>", way_out, name="way_out"),
    path("r/<str:token>", report, name="report"),
    path("r/<str:token>/chart.png", report_chart, name="report_chart"),
    path("r/<str:token>/file.<str:ending>", report_file, name="report_file"),
    path("reach/<str:token>", reach, name="reach"),
    path("outside/<str:token>", outside, name="outside"),
]
