"""The addresses of this area."""

from django.urls import path

from oarlock.web.funnel import views

urlpatterns = [
    path("funnel/", views.funnel, name="funnel"),
    path("drift/", views.drift, name="drift"),
]
