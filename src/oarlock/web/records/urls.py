"""The addresses of this area."""

from django.urls import path

from oarlock.web.records import views

urlpatterns = [
    path("", views.people, name="people"),
]
